import { MAX_CENTS } from '../money.ts'
import type { KeyRecord } from './idempotency.ts'
import type { Account, Posting, PostingKind } from './postings.ts'

const MIN_CENTS = -MAX_CENTS - 1n

/** What an engine loads for a batch. */
export interface LoadedBooks {
  /** The accounts that the batch names, as far as they exist. */
  readonly accounts: readonly Account[]
  /** The bank's cash drawers, in the order in which they are to be used. */
  readonly cashDrawers: readonly Account[]
  /** The records of the idempotency keys that the batch carries, as far as they are kept. */
  readonly keyRecords: readonly KeyRecord[]
  /** May be provisional, where the engine gives the postings their ids after they were decided. */
  readonly nextPostingId: number
  readonly nextAccountId: number
  /** When the batch is decided, in milliseconds since 1970, UTC; never before the latest posting. */
  readonly nowMs: number
}

/**
 * The working set of one batch: what it may read, and what it has changed so far.
 * An engine loads it, `decide` turns its pages, and the engine persists what it then holds.
 */
export class Books {
  readonly nowMs: number
  readonly cashDrawers: readonly Account[]
  /** What was added, in order: the engine persists these. */
  readonly openedAccounts: Account[] = []
  readonly postings: Posting[] = []
  readonly newKeyRecords: KeyRecord[] = []
  /** The accounts whose balance has changed. */
  readonly changedAccounts = new Set<Account>()
  #lackedCash = false
  readonly #accounts = new Map<string, Account>()
  readonly #keyRecords = new Map<string, KeyRecord>()
  #nextPostingId: number
  #nextAccountId: number

  constructor(loaded: LoadedBooks) {
    this.nowMs = loaded.nowMs
    this.cashDrawers = loaded.cashDrawers
    this.#nextPostingId = loaded.nextPostingId
    this.#nextAccountId = loaded.nextAccountId
    for (const account of loaded.accounts) {
      if (account.number !== undefined) this.#accounts.set(account.number, account)
    }
    for (const record of loaded.keyRecords) this.#keyRecords.set(record.digest, record)
  }

  /** The customer's account of that number, if there is one. */
  account(number: string): Account | undefined {
    return this.#accounts.get(number)
  }

  /**
   * The cash drawer that can take a change of `cents` to its balance. There are several because a drawer's
   * balance is held to 64 bits like any other, and one customer at the limit must not stop all others.
   */
  cashDrawerFor(cents: bigint): Account | undefined {
    const drawer = this.cashDrawers.find(({ balance }) => fits(balance + cents))
    if (drawer === undefined) this.#lackedCash = true
    return drawer
  }

  /** Whether some command found no cash drawer: an engine that did not load all of them has to ask again. */
  get lackedCash(): boolean {
    return this.#lackedCash
  }

  openAccount(number: string): Account {
    const account: Account = { id: this.#nextAccountId++, number, balance: 0n }
    this.#accounts.set(number, account)
    this.openedAccounts.push(account)
    return account
  }

  /** Moves `amount` cents from the debited to the credited account. The caller has checked that both can. */
  post(kind: PostingKind, debit: Account, credit: Account, amount: bigint): Posting {
    debit.balance -= amount
    credit.balance += amount
    const posting: Posting = {
      id: this.#nextPostingId++,
      atMs: this.nowMs,
      kind,
      debitAccountId: debit.id,
      creditAccountId: credit.id,
      amount,
      debitBalance: debit.balance,
      creditBalance: credit.balance,
    }
    this.postings.push(posting)
    this.changedAccounts.add(debit).add(credit)
    return posting
  }

  /** What is kept under the digest of a key, expired or not. */
  recall(digest: string): KeyRecord | undefined {
    return this.#keyRecords.get(digest)
  }

  remember(record: KeyRecord): void {
    this.#keyRecords.set(record.digest, record)
    this.newKeyRecords.push(record)
  }
}

/** Whether a balance, in cents, fits the signed 64 bits that every engine stores. */
export function fits(balance: bigint): boolean {
  return balance <= MAX_CENTS && balance >= MIN_CENTS
}
