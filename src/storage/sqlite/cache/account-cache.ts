import type { Account, AccountBalance } from '../../../ledger/accounts.ts'
import { CASH_DRAWERS, isCashDrawer } from '../../../ledger/cash-drawers.ts'
import type { BatchState } from '../../../ledger/batch/batch-state.ts'
import { withdrawnAfter } from '../../../ledger/daily-withdrawals.ts'
import { isInHistory, type Posting } from '../../../ledger/postings.ts'
import type { StoredAccount } from '../tables/account-rows.ts'
import type { AccountTable } from '../tables/account-table.ts'
import { cents, numbers, withRoomFor } from './growing-arrays.ts'
import type { OpenHoldCache } from './open-hold-cache.ts'
import { AccountSettingsCache } from './account-settings-cache.ts'
import { WithdrawalCache } from './withdrawal-cache.ts'
import { PostingChains } from './posting-chains.ts'
import type { PostingTable } from '../tables/posting-table.ts'

const FIRST_CAPACITY = 1_024

/** So many numbers are kept with the ids of their accounts, about 12 MiB; then they are looked up anew. */
const MAX_KEPT_NUMBERS = 200_000

/** What accounts are made from at the start. */
export interface AccountCacheSources {
  readonly table: AccountTable
  readonly postings: PostingTable
  readonly holds: OpenHoldCache
  readonly timeZone: string
}

/**
 * The accounts as of the latest commit. Their rows may know less, as postings are folded into them some time later (see
 * `BalanceWriteBack`); so memory is asked first. It holds plain arrays indexed by account id, and maps of what few accounts have.
 */
export class AccountCache {
  readonly #table: AccountTable
  readonly #holds: OpenHoldCache
  readonly #idsByNumber = new Map<string, number>()
  #balances = cents(FIRST_CAPACITY)
  readonly #withdrawals = new WithdrawalCache()
  readonly #particulars = new AccountSettingsCache()
  #latestPostingIds = numbers(FIRST_CAPACITY)
  /** The postings up to which the rows know. */
  #foldedPostingIds = numbers(FIRST_CAPACITY)
  /** The accounts that fell behind since the latest sweep began. */
  #behind: number[] = []
  /** The postings that the rows do not list: those since the latest sweep began, and those before. */
  #unflushed = new PostingChains()
  #unlistedBefore = new PostingChains()

  /** Reads what the accounts have come to by the postings that are not folded yet. */
  constructor({ table, postings, holds, timeZone }: AccountCacheSources) {
    this.#table = table
    this.#holds = holds
    for (const id of CASH_DRAWERS) this.#readById(id)
    const read = new Set<number>(CASH_DRAWERS)
    for (const posting of postings.after(table.writtenBackUpToPostingId())) {
      for (const id of [posting.debitAccountId, posting.creditAccountId]) {
        if (!read.has(id)) this.#readById(id)
        read.add(id)
      }
      this.#followWithdrawals(posting, postings, timeZone)
      this.#posted(posting)
    }
  }

  find(accountNumber: string): Account | undefined {
    const id = this.#idOf(accountNumber)
    return id === undefined ? undefined : this.#account(id, accountNumber)
  }

  findBalance(accountNumber: string): AccountBalance | undefined {
    const id = this.#idOf(accountNumber)
    return id === undefined ? undefined : { id, number: accountNumber, balance: this.balance(id) }
  }

  /** The bank's cash drawers in the order in which they are to be used. */
  cashDrawers(): Account[] {
    return CASH_DRAWERS.map((id) => this.#account(id, undefined))
  }

  balance(accountId: number): bigint {
    return this.#balances[accountId] ?? 0n
  }

  /** What follows from the account's postings. */
  state(accountId: number): Pick<Account, 'balance' | 'withdrawn'> {
    return { balance: this.balance(accountId), withdrawn: this.#withdrawals.of(accountId) }
  }

  latestPostingId(accountId: number): number {
    return this.#latestPostingIds[accountId] ?? 0
  }

  /** Whether the account's row knows less than the postings tell. */
  isDirty(accountId: number): boolean {
    return (this.#foldedPostingIds[accountId] ?? 0) < this.latestPostingId(accountId)
  }

  /** The ids of the postings above `afterId` that belong to the account's history and are not in its row, oldest first. */
  unflushed(accountId: number, afterId: number): number[] {
    return [...this.#unlistedBefore.of(accountId, afterId), ...this.#unflushed.of(accountId, afterId)]
  }

  /** The highest of those ids that is not above `postingId`. */
  latestUnflushedUpTo(accountId: number, postingId: number): number | undefined {
    return (
      this.#unflushed.latestUpTo(accountId, postingId) ??
      this.#unlistedBefore.latestUpTo(accountId, postingId)
    )
  }

  /** A commit has made of the accounts what the books say. */
  committed(books: BatchState): void {
    for (const { account } of books.accounts.opened) this.#opened(account)
    for (const posting of books.postings.added) this.#posted(posting)
    for (const account of books.accounts.changed) this.#withdrawals.set(account.id, account.withdrawn)
    for (const account of books.accounts.withNewSettings) this.#particulars.set(account.id, account)
    this.#holds.committed(books)
  }

  /** The accounts that are behind, in the order of their rows. The next sweep answers those that fall behind from now on. */
  beginSweep(): number[] {
    const accountIds = this.#behind.toSorted((left, right) => left - right)
    this.#behind = []
    this.#unlistedBefore = this.#unflushed
    this.#unflushed = new PostingChains()
    return accountIds
  }

  /** Writes to the account's row what it has come to. */
  fold(id: number): void {
    const [balance, latestPostingId] = [this.balance(id), this.latestPostingId(id)]
    const withdrawn = this.#withdrawals.of(id)
    this.#table.fold({ id, balance, latestPostingId, withdrawn }, this.unflushed(id, 0))
  }

  /** A commit has brought the account's row up to the latest posting. */
  folded(accountId: number): void {
    this.#foldedPostingIds[accountId] = this.latestPostingId(accountId)
    this.#unflushed.forget(accountId)
    this.#unlistedBefore.forget(accountId)
  }

  #account(id: number, accountNumber: string | undefined): Account {
    const { status, limits } = this.#particulars.of(id)
    return {
      id,
      number: accountNumber,
      balance: this.balance(id),
      status,
      limits,
      withdrawn: this.#withdrawals.of(id),
      openHolds: this.#holds.of(id),
    }
  }

  #idOf(accountNumber: string): number | undefined {
    const id = this.#idsByNumber.get(accountNumber)
    if (id !== undefined) return id
    const stored = this.#table.find(accountNumber)
    return stored && this.#read(stored)
  }

  #opened({ id, number }: Account): void {
    if (number !== undefined) this.#keepNumber(number, id)
    this.#makeRoom(id)
  }

  /** Follows a posting. What it names must have been read before. */
  #posted(posting: Posting): void {
    this.#follow(posting.debitAccountId, posting.debitBalance, posting)
    this.#follow(posting.creditAccountId, posting.creditBalance, posting)
  }

  #follow(accountId: number, balance: bigint, posting: Posting): void {
    if (posting.id <= this.latestPostingId(accountId)) return
    if (!this.isDirty(accountId)) this.#behind.push(accountId)
    this.#balances[accountId] = balance
    this.#latestPostingIds[accountId] = posting.id
    if (isInHistory(posting) && !isCashDrawer(accountId)) this.#unflushed.add(accountId, posting.id)
  }

  /** Follows what the posting counts for in daily limits, unless the account's row knows it. To be called before `#posted`. */
  #followWithdrawals(posting: Posting, postings: PostingTable, timeZone: string): void {
    const { kind, debitAccountId, creditAccountId } = posting
    if (kind !== 'withdraw' && kind !== 'reversal') return
    const id = kind === 'withdraw' ? debitAccountId : creditAccountId
    if (posting.id <= this.latestPostingId(id)) return
    const before = this.#withdrawals.of(id)
    const after = withdrawnAfter(before, posting, id, timeZone, postings.reversedBy(posting))
    this.#withdrawals.set(id, after)
  }

  #readById(id: number): void {
    const stored = this.#table.findById(id)
    if (stored !== undefined) this.#read(stored)
  }

  /** Takes over what the row says, unless memory knows more, and answers the account's id. */
  #read(stored: StoredAccount): number {
    const { id, number, balance, latestPostingId, withdrawn } = stored
    if (number !== undefined) this.#keepNumber(number, id)
    this.#makeRoom(id)
    this.#particulars.set(id, stored)
    if (this.latestPostingId(id) > latestPostingId) return id
    this.#balances[id] = balance
    this.#latestPostingIds[id] = latestPostingId
    this.#foldedPostingIds[id] = latestPostingId
    this.#withdrawals.set(id, withdrawn)
    return id
  }

  #makeRoom(id: number): void {
    this.#balances = withRoomFor(this.#balances, id, cents)
    this.#latestPostingIds = withRoomFor(this.#latestPostingIds, id, numbers)
    this.#foldedPostingIds = withRoomFor(this.#foldedPostingIds, id, numbers)
  }

  #keepNumber(number: string, id: number): void {
    if (this.#idsByNumber.size >= MAX_KEPT_NUMBERS) this.#idsByNumber.clear()
    this.#idsByNumber.set(number, id)
  }
}
