import type { Session } from '../connection/session.ts'
import type { Loaded, RequiredRows, VersionedAccount } from '../tables/entity.ts'

interface Cached {
  readonly account: VersionedAccount
  /** Whether it was found as this instance left it, so that it is likely to be so again. */
  readonly isSteady: boolean
}

/** This many customers' accounts at least, up to twice as many: 17 to 34 MB, and more for open holds. */
const MAX_ACCOUNTS = 50_000

/** This many keys at least, up to twice as many: 6 to 12 MB. */
const MAX_KEYS = 50_000

/**
 * The accounts as this instance left them, and keys that are in use. What it left is what it will find, unless another
 * instance works on the same account: such an account is read again until it is found as it was left.
 */
export class BatchCache {
  readonly #byNumber = new RecentMap<string, Cached>(MAX_ACCOUNTS)
  readonly #drawers = new Map<number, Cached>()
  readonly #usedKeys = new RecentMap<string, true>(MAX_KEYS)
  #session: Session | undefined

  /** Forgets the accounts on a new connection: others may have written unseen, as after a failover. */
  use(session: Session): void {
    if (session === this.#session) return
    this.#session = session
    this.#byNumber.clear()
    this.#drawers.clear()
  }

  /** The drawer and the accounts, if a batch may be decided on them without reading: none of its keys is known to be used. */
  find(drawerId: number, { accountNumbers, digests }: RequiredRows): VersionedAccount[] | undefined {
    if (digests.some((digest) => this.#usedKeys.get(digest))) return undefined
    const found = [this.#drawers.get(drawerId)]
    for (const number of accountNumbers) found.push(this.#byNumber.get(number))
    const steady = found.flatMap((cached) => (cached?.isSteady === true ? [cached.account] : []))
    return steady.length === found.length ? steady : undefined
  }

  /** Saves what was loaded and locked. Answers the ids of accounts that are not as this instance left them. */
  loaded({ accounts, keyRecords }: Loaded): readonly number[] {
    for (const { digest } of keyRecords) this.#usedKeys.set(digest, true)
    return accounts.flatMap((account) => {
      const left = this.#get(account)
      const isSteady = left === undefined || left.account.version === account.version
      this.#set({ account, isSteady })
      return isSteady ? [] : [account.id]
    })
  }

  /** Saves the accounts that a committed batch has changed, and its keys. */
  committed(accounts: readonly VersionedAccount[], digests: readonly string[]): void {
    for (const account of accounts) this.#set({ account, isSteady: this.#get(account)?.isSteady ?? true })
    for (const digest of digests) this.#usedKeys.set(digest, true)
  }

  #get({ id, number }: VersionedAccount): Cached | undefined {
    return number === undefined ? this.#drawers.get(id) : this.#byNumber.get(number)
  }

  #set(cached: Cached): void {
    const { id, number } = cached.account
    if (number === undefined) this.#drawers.set(id, cached)
    else this.#byNumber.set(number, cached)
  }
}

/**
 * A map with the newest `capacity` entries at least, and never twice as many. What is not set again ages: when the newer
 * half is full it becomes the older one, and the older one goes.
 */
class RecentMap<Key, Value> {
  readonly #capacity: number
  #newer = new Map<Key, Value>()
  #older = new Map<Key, Value>()

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get(key: Key): Value | undefined {
    return this.#newer.get(key) ?? this.#older.get(key)
  }

  set(key: Key, value: Value): void {
    this.#newer.set(key, value)
    if (this.#newer.size < this.#capacity) return
    this.#older = this.#newer
    this.#newer = new Map()
  }

  clear(): void {
    this.#newer.clear()
    this.#older.clear()
  }
}
