import { MAX_CENTS } from '../money.ts'
import { type Account, plainAccount } from './accounts.ts'
import { withdrawnAfter } from './daily-withdrawals.ts'
import { hasExpired, type Hold, type OpenHold } from './holds.ts'
import type { KeyRecord } from './idempotency.ts'
import type { LoadedState } from './loaded-state.ts'
import type { Posting, PostingKind, PostingLinks, ReversiblePosting } from './postings.ts'

const MIN_CENTS = -MAX_CENTS - 1n

/** An account that was opened, with what is told of it and decides nothing. */
export interface OpenedAccount {
  readonly account: Account
  readonly name: string | undefined
}

const NO_LINKS: PostingLinks = { reference: undefined, reversedPostingId: undefined, holdId: undefined }

/**
 * The working set of one batch: what it may read, and what it has changed so far.
 * An engine loads it, `decide` turns its pages, and the engine persists what it then holds.
 */
export class BatchState {
  readonly nowMs: number
  readonly cashDrawers: readonly Account[]
  /** What was added, in order: the engine persists these. */
  readonly openedAccounts: OpenedAccount[] = []
  readonly postings: Posting[] = []
  /** The accounts of which anything has changed, be it the balance, what was withdrawn, holds, status or limits. */
  readonly changedAccounts = new Set<Account>()
  /** Those of which the status or the limits have changed. */
  readonly accountsWithNewSettings = new Set<Account>()
  /** The holds that were placed, captured or released, by id, as they are now. */
  readonly changedHolds = new Map<number, Hold>()
  readonly #timeZone: string
  readonly #accounts = new Map<string, Account>()
  readonly #accountsById = new Map<number, Account>()
  readonly #holds = new Map<number, Hold>()
  readonly #reversible = new Map<number, ReversiblePosting>()
  readonly #keyRecords = new Map<string, KeyRecord>()
  readonly #newKeyRecords = new Map<string, KeyRecord>()
  #lackedCash = false
  #nextPostingId: number
  #nextAccountId: number
  #nextHoldId: number

  constructor(loaded: LoadedState) {
    this.nowMs = loaded.nowMs
    this.cashDrawers = loaded.cashDrawers
    this.#timeZone = loaded.timeZone
    this.#nextPostingId = loaded.nextPostingId
    this.#nextAccountId = loaded.nextAccountId
    this.#nextHoldId = loaded.nextHoldId
    for (const account of loaded.accounts) this.#addAccount(account)
    for (const record of loaded.keyRecords) this.#keyRecords.set(record.digest, record)
    for (const hold of loaded.holds) this.#holds.set(hold.id, hold)
    for (const reversible of loaded.reversiblePostings)
      this.#reversible.set(reversible.posting.id, reversible)
  }

  /** The customer's account of that number, if there is one. */
  account(number: string): Account | undefined {
    return this.#accounts.get(number)
  }

  /** A customer's account that a loaded hold or posting names. Throws when the engine has not loaded it. */
  accountById(id: number): Account {
    const account = this.#accountsById.get(id)
    if (account === undefined) throw new Error(`account ${id} was named and is not there; run verify`)
    return account
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

  openAccount(number: string, name: string | undefined): Account {
    const account = plainAccount(this.#nextAccountId++, number, 0n)
    this.#addAccount(account)
    this.openedAccounts.push({ account, name })
    return account
  }

  /** Notes that the status or the limits of the account were changed. */
  settingsChanged(account: Account): void {
    this.changedAccounts.add(account)
    this.accountsWithNewSettings.add(account)
  }

  /** Moves `amount` cents from the debited to the credited account. The caller has checked that both can. */
  post(
    kind: Exclude<PostingKind, 'reversal'>,
    debit: Account,
    credit: Account,
    amount: bigint,
    links: Partial<PostingLinks> = NO_LINKS,
  ): Posting {
    const posting = this.#add(kind, debit, credit, amount, links)
    if (kind === 'withdraw') this.#followWithdrawal(posting, debit)
    return posting
  }

  /** Gives `amount` cents of a posting back, from what was credited to what was debited. */
  reverse(
    { posting: original, reversedAmount }: ReversiblePosting,
    debit: Account,
    credit: Account,
    amount: bigint,
    reference: string | undefined,
  ): Posting {
    const links = { reference, reversedPostingId: original.id }
    const posting = this.#add('reversal', debit, credit, amount, links)
    const reversed = { original, reversedAmount: reversedAmount + amount }
    credit.withdrawn = withdrawnAfter(credit.withdrawn, posting, credit.id, this.#timeZone, reversed)
    this.#reversible.set(original.id, { ...reversed, posting: original, latestReversal: posting })
    return posting
  }

  hold(id: number): Hold | undefined {
    return this.#holds.get(id)
  }

  /** Sets money of the account aside. The caller has checked that it is available. */
  placeHold(account: Account, details: Pick<Hold, 'amount' | 'expiresAtMs' | 'reference'>): Hold {
    const hold: Hold = {
      id: this.#nextHoldId++,
      ...details,
      accountId: account.id,
      accountNumber: account.number ?? '',
      placedAtMs: this.nowMs,
      state: 'open',
      capturedAmount: 0n,
      capturePostingId: undefined,
    }
    const { id, amount, expiresAtMs } = hold
    account.openHolds = [...this.unexpiredHolds(account), { id, amount, expiresAtMs }]
    return this.#changeHold(hold, account)
  }

  /** Ends an open hold: its money is no longer set aside. */
  endHold(hold: Hold, end: Pick<Hold, 'state'> & Partial<Hold>): Hold {
    const account = this.accountById(hold.accountId)
    account.openHolds = this.unexpiredHolds(account).filter(({ id }) => id !== hold.id)
    return this.#changeHold({ ...hold, ...end }, account)
  }

  unexpiredHolds(account: Account): readonly OpenHold[] {
    return account.openHolds.filter((hold) => !hasExpired(hold, this.nowMs))
  }

  /** The posting of that id as an engine has loaded it, with what is given back of it by now. */
  reversible(postingId: number): ReversiblePosting | undefined {
    return this.#reversible.get(postingId)
  }

  /** A posting that a key record names, with what is given back of it by now. It may be of this very batch. */
  reversibleOf(posting: Posting): ReversiblePosting {
    const known = this.#reversible.get(posting.id)
    if (known !== undefined) return known
    if (this.postings.includes(posting)) return { posting, reversedAmount: 0n, latestReversal: undefined }
    throw new Error(`posting ${posting.id} was named and is not there; run verify`)
  }

  /** What is kept under the digest of a key, expired or not. */
  findKey(digest: string): KeyRecord | undefined {
    return this.#keyRecords.get(digest)
  }

  /** Keeps the record, in the place of what was kept under its digest. */
  saveKey(record: KeyRecord): void {
    this.#keyRecords.set(record.digest, record)
    this.#newKeyRecords.set(record.digest, record)
  }

  /** The records to persist: one a digest, in the order in which their digests were first kept. */
  get newKeyRecords(): readonly KeyRecord[] {
    return [...this.#newKeyRecords.values()]
  }

  #add(
    kind: PostingKind,
    debit: Account,
    credit: Account,
    amount: bigint,
    { reference, reversedPostingId, holdId }: Partial<PostingLinks>,
  ): Posting {
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
      reference,
      reversedPostingId,
      holdId,
    }
    this.postings.push(posting)
    this.changedAccounts.add(debit).add(credit)
    return posting
  }

  #followWithdrawal(posting: Posting, account: Account): void {
    account.withdrawn = withdrawnAfter(account.withdrawn, posting, account.id, this.#timeZone)
  }

  #changeHold(hold: Hold, account: Account): Hold {
    this.#holds.set(hold.id, hold)
    this.changedHolds.set(hold.id, hold)
    this.changedAccounts.add(account)
    return hold
  }

  #addAccount(account: Account): void {
    if (account.number !== undefined) this.#accounts.set(account.number, account)
    this.#accountsById.set(account.id, account)
  }
}

/** Whether a balance, in cents, fits the signed 64 bits that every engine stores. */
export function fits(balance: bigint): boolean {
  return balance <= MAX_CENTS && balance >= MIN_CENTS
}
