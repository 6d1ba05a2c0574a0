import type { VersionedAccount } from '../tables/account-rows.ts'
import { RecentMap } from './recent-map.ts'

interface Remembered {
  readonly account: VersionedAccount
  readonly isTrusted: boolean
}

/** So many customers' accounts are remembered, up to twice as many: 17 to 34 MB, and more for open holds. */
const REMEMBERED_ACCOUNTS = 50_000

/**
 * The accounts as this instance left them. What it left is what it will find, unless another instance works on the
 * same account: such an account is not trusted until it is found again as it was left.
 */
export class AccountCache {
  readonly #byNumber = new RecentMap<string, Remembered>(REMEMBERED_ACCOUNTS)
  readonly #drawers = new Map<number, Remembered>()

  /** The accounts and the drawer, when all of them may be decided on without looking. */
  trusted(numbers: Iterable<string>, drawerId: number): VersionedAccount[] | undefined {
    const drawer = this.#drawers.get(drawerId)
    if (drawer?.isTrusted !== true) return undefined
    const accounts = [drawer.account]
    for (const number of numbers) {
      const known = this.#byNumber.get(number)
      if (known?.isTrusted !== true) return undefined
      accounts.push(known.account)
    }
    return accounts
  }

  /** An account was loaded and locked. Answers whether it was as this instance left it, or new to it. */
  found(account: VersionedAccount): boolean {
    const known = this.#get(account)
    const isTrusted = known === undefined || known.account.version === account.version
    this.#set({ account, isTrusted })
    return isTrusted
  }

  /** An account was changed or opened by this instance, and that is committed. */
  left(account: VersionedAccount): void {
    this.#set({ account, isTrusted: this.#get(account)?.isTrusted ?? true })
  }

  /** To be called when others may have written unseen, as after a failover. */
  forgetAll(): void {
    this.#byNumber.clear()
    this.#drawers.clear()
  }

  #get({ id, number }: VersionedAccount): Remembered | undefined {
    return number === undefined ? this.#drawers.get(id) : this.#byNumber.get(number)
  }

  #set(remembered: Remembered): void {
    const { id, number } = remembered.account
    if (number === undefined) this.#drawers.set(id, remembered)
    else this.#byNumber.set(number, remembered)
  }
}
