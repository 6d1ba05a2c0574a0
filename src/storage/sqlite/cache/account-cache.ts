import type { Account, AccountBalance } from '../../../ledger/accounts.ts'
import { CASH_DRAWERS, isCashDrawer } from '../../../ledger/cash-drawers.ts'
import type { BatchState } from '../../../state-machine/batch-state.ts'
import { withdrawnAfter } from '../../../ledger/daily-withdrawals.ts'
import { isInHistory, type Posting } from '../../../ledger/postings.ts'
import type { AccountTable, StoredAccount } from '../tables/account-table.ts'
import { AccountSettingsCache, type OpenHoldCache, WithdrawalCache } from './account-parts.ts'
import { BalanceWriteBack } from './balance-write-back.ts'
import { cents, withRoomFor } from './typed-arrays.ts'
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
  readonly writeBack: BalanceWriteBack
  readonly #table: AccountTable
  readonly #holds: OpenHoldCache
  readonly #idsByNumber = new Map<string, number>()
  #balances = cents(FIRST_CAPACITY)
  readonly #withdrawals = new WithdrawalCache()
  readonly #settings = new AccountSettingsCache()

  /** Reads the cash drawers, and the postings that are not written back yet. */
  constructor({ table, postings, holds, timeZone }: AccountCacheSources) {
    this.#table = table
    this.#holds = holds
    this.writeBack = new BalanceWriteBack(table, (id) => this.state(id))
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

  /** The account of that id, a customer's or one of the bank's own. */
  findById(id: number): Account | undefined {
    const stored = this.#table.findById(id)
    return stored && this.#account(this.#read(stored), stored.number)
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

  /** To be called when a batch is committed. */
  committed(batch: BatchState): void {
    for (const { account } of batch.accounts.opened) this.#opened(account)
    for (const posting of batch.postings.added) this.#posted(posting)
    for (const account of batch.accounts.changed) this.#withdrawals.set(account.id, account.withdrawn)
    for (const account of batch.accounts.withNewSettings) this.#settings.set(account.id, account)
    this.#holds.committed(batch)
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
    this.#rowRead(id, 0n, 0)
  }

  /** Adds a posting. Its accounts must have been read before. */
  #posted(posting: Posting): void {
    this.#follow(posting.debitAccountId, posting.debitBalance, posting)
    this.#follow(posting.creditAccountId, posting.creditBalance, posting)
  }

  #follow(accountId: number, balance: bigint, posting: Posting): void {
    if (posting.id <= this.writeBack.latestPostingId(accountId)) return
    this.#balances[accountId] = balance
    this.writeBack.posted(accountId, posting.id, isInHistory(posting) && !isCashDrawer(accountId))
  }

  /** Adds the posting to what was withdrawn on its day, unless the row has it already. To be called before `#posted`. */
  #addWithdrawals(posting: Posting, postings: PostingTable, timeZone: string): void {
    const { kind, debitAccountId, creditAccountId } = posting
    if (kind !== 'withdraw' && kind !== 'reversal') return
    const id = kind === 'withdraw' ? debitAccountId : creditAccountId
    if (posting.id <= this.writeBack.latestPostingId(id)) return
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
    this.#settings.set(id, stored)
    if (this.writeBack.latestPostingId(id) > latestPostingId) return id
    this.#rowRead(id, balance, latestPostingId)
    this.#withdrawals.set(id, withdrawn)
    return id
  }

  #rowRead(id: number, balance: bigint, latestPostingId: number): void {
    this.#balances = withRoomFor(this.#balances, id, cents)
    this.#balances[id] = balance
    this.writeBack.rowRead(id, latestPostingId)
  }

  #cacheNumber(number: string, id: number): void {
    if (this.#idsByNumber.size >= MAX_CACHED_NUMBERS) this.#idsByNumber.clear()
    this.#idsByNumber.set(number, id)
  }
}
