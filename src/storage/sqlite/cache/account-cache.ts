import type { Account, AccountBalance } from '../../../ledger/accounts.ts'
import { CASH_DRAWERS, isCashDrawer } from '../../../ledger/cash-drawers.ts'
import type { BatchState } from '../../../ledger/batch/batch-state.ts'
import { withdrawnAfter } from '../../../ledger/daily-withdrawals.ts'
import { isInHistory, type Posting } from '../../../ledger/postings.ts'
import type { StoredAccount } from '../tables/account-table.ts'
import type { AccountTable } from '../tables/account-table.ts'
import { cents, numbers, withRoomFor } from './growing-arrays.ts'
import type { OpenHoldCache } from './open-hold-cache.ts'
import { AccountSettingsCache } from './account-settings-cache.ts'
import { WithdrawalCache } from './withdrawal-cache.ts'
import { PostingChains } from './posting-chains.ts'
import type { PostingTable } from '../tables/posting-table.ts'

const FIRST_CAPACITY = 1_024

/** Of this many accounts the ids are cached by number, about 12 MiB; then the cache begins anew. */
const MAX_CACHED_NUMBERS = 200_000

/** Where the cache is read from at the start. */
export interface AccountCacheSources {
  readonly table: AccountTable
  readonly postings: PostingTable
  readonly holds: OpenHoldCache
  readonly timeZone: string
}

/**
 * The accounts as of the latest commit. Their rows may be behind it, as they are written back later (see
 * `BalanceWriteBack`). Plain arrays, indexed by account id, and maps of what few accounts have.
 */
export class AccountCache {
  readonly #table: AccountTable
  readonly #holds: OpenHoldCache
  readonly #idsByNumber = new Map<string, number>()
  #balances = cents(FIRST_CAPACITY)
  readonly #withdrawals = new WithdrawalCache()
  readonly #settings = new AccountSettingsCache()
  #latestPostingIds = numbers(FIRST_CAPACITY)
  /** The postings up to which the rows are written back. */
  #writtenBackIds = numbers(FIRST_CAPACITY)
  /** The accounts that became dirty since the latest sweep began. */
  #dirty: number[] = []
  /** The postings that are not flushed to the rows' lists: those since the latest sweep began, and those before. */
  #unflushed = new PostingChains()
  #unflushedBefore = new PostingChains()

  /** Reads the cash drawers, and the postings that are not written back yet. */
  constructor({ table, postings, holds, timeZone }: AccountCacheSources) {
    this.#table = table
    this.#holds = holds
    for (const id of CASH_DRAWERS) this.#readById(id)
    const read = new Set<number>(CASH_DRAWERS)
    for (const posting of postings.after(table.writtenBackUpTo())) {
      for (const id of [posting.debitAccountId, posting.creditAccountId]) {
        if (!read.has(id)) this.#readById(id)
        read.add(id)
      }
      this.#addWithdrawals(posting, postings, timeZone)
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

  /** Whether the account has postings that its row has not. */
  isDirty(accountId: number): boolean {
    return (this.#writtenBackIds[accountId] ?? 0) < this.latestPostingId(accountId)
  }

  /** The ids above `afterId` of postings in the account's history that are not flushed to its row, oldest first. */
  unflushed(accountId: number, afterId: number): number[] {
    return [...this.#unflushedBefore.of(accountId, afterId), ...this.#unflushed.of(accountId, afterId)]
  }

  /** The highest of those ids that is not above `postingId`. */
  latestUnflushedUpTo(accountId: number, postingId: number): number | undefined {
    return (
      this.#unflushed.latestUpTo(accountId, postingId) ??
      this.#unflushedBefore.latestUpTo(accountId, postingId)
    )
  }

  /** To be called when a batch is committed. */
  committed(batch: BatchState): void {
    for (const { account } of batch.accounts.opened) this.#opened(account)
    for (const posting of batch.postings.added) this.#posted(posting)
    for (const account of batch.accounts.changed) this.#withdrawals.set(account.id, account.withdrawn)
    for (const account of batch.accounts.withNewSettings) this.#settings.set(account.id, account)
    this.#holds.committed(batch)
  }

  /** The dirty accounts, in the order of their rows. The next sweep takes those that become dirty from now on. */
  beginSweep(): number[] {
    const accountIds = this.#dirty.toSorted((left, right) => left - right)
    this.#dirty = []
    this.#unflushedBefore = this.#unflushed
    this.#unflushed = new PostingChains()
    return accountIds
  }

  /** Writes the account back to its row. */
  writeBack(id: number): void {
    const [balance, latestPostingId] = [this.balance(id), this.latestPostingId(id)]
    const withdrawn = this.#withdrawals.of(id)
    this.#table.writeBack({ id, balance, latestPostingId, withdrawn }, this.unflushed(id, 0))
  }

  /** To be called when that is committed. */
  writtenBack(accountId: number): void {
    this.#writtenBackIds[accountId] = this.latestPostingId(accountId)
    this.#unflushed.forget(accountId)
    this.#unflushedBefore.forget(accountId)
  }

  #account(id: number, accountNumber: string | undefined): Account {
    const { status, limits } = this.#settings.of(id)
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
    if (number !== undefined) this.#cacheNumber(number, id)
    this.#makeRoom(id)
  }

  /** Adds a posting. Its accounts must have been read before. */
  #posted(posting: Posting): void {
    this.#follow(posting.debitAccountId, posting.debitBalance, posting)
    this.#follow(posting.creditAccountId, posting.creditBalance, posting)
  }

  #follow(accountId: number, balance: bigint, posting: Posting): void {
    if (posting.id <= this.latestPostingId(accountId)) return
    if (!this.isDirty(accountId)) this.#dirty.push(accountId)
    this.#balances[accountId] = balance
    this.#latestPostingIds[accountId] = posting.id
    if (isInHistory(posting) && !isCashDrawer(accountId)) this.#unflushed.add(accountId, posting.id)
  }

  /** Adds the posting to what was withdrawn on its day, unless the row has it already. To be called before `#posted`. */
  #addWithdrawals(posting: Posting, postings: PostingTable, timeZone: string): void {
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

  /** Caches the row, unless the cache is ahead of it, and answers the account's id. */
  #read(stored: StoredAccount): number {
    const { id, number, balance, latestPostingId, withdrawn } = stored
    if (number !== undefined) this.#cacheNumber(number, id)
    this.#makeRoom(id)
    this.#settings.set(id, stored)
    if (this.latestPostingId(id) > latestPostingId) return id
    this.#balances[id] = balance
    this.#latestPostingIds[id] = latestPostingId
    this.#writtenBackIds[id] = latestPostingId
    this.#withdrawals.set(id, withdrawn)
    return id
  }

  #makeRoom(id: number): void {
    this.#balances = withRoomFor(this.#balances, id, cents)
    this.#latestPostingIds = withRoomFor(this.#latestPostingIds, id, numbers)
    this.#writtenBackIds = withRoomFor(this.#writtenBackIds, id, numbers)
  }

  #cacheNumber(number: string, id: number): void {
    if (this.#idsByNumber.size >= MAX_CACHED_NUMBERS) this.#idsByNumber.clear()
    this.#idsByNumber.set(number, id)
  }
}
