import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type Account, accountStatuses } from '../../../ledger/accounts.ts'
import { CASH_DRAWERS } from '../../../ledger/cash-drawers.ts'
import type { OpenedAccount } from '../../../ledger/batch/batch-accounts.ts'
import { number, numberOrUndefined, type Row, textOrUndefined } from '../../row-values.ts'
import { ACCOUNT_COLUMNS, accountFrom } from '../../rows.ts'
import { prepare } from './statements.ts'
import { writeChecksums } from './checksums.ts'
import { HistoryLists } from './history-lists.ts'

/** An account as its row has it. Its holds are rows of their own. */
export interface StoredAccount extends Omit<Account, 'openHolds'> {
  /** The latest posting that the row has, 0 where there is none. */
  readonly latestPostingId: number
}

export const STORED_COLUMNS = `${ACCOUNT_COLUMNS}, latest_posting_id`

/** Reads `STORED_COLUMNS`. */
export function storedAccountFrom(row: Row): StoredAccount {
  return { ...accountFrom(row), latestPostingId: number(row, 'latest_posting_id') }
}

/** What is shown of an account and decides nothing. */
export interface AccountLabel {
  readonly id: number
  readonly number: string | undefined
  readonly name: string | undefined
  readonly openedAtMs: number | undefined
}

/** The rows of the accounts, each with its balance and the list of its postings. */
export class AccountTable {
  readonly lists: HistoryLists
  readonly #selectByNumber: StatementSync
  readonly #selectById: StatementSync
  readonly #selectAll: StatementSync
  readonly #selectInternal: StatementSync
  readonly #selectLabelByNumber: StatementSync
  readonly #selectLabelsAfter: StatementSync
  readonly #selectNumber: StatementSync
  readonly #selectLatestId: StatementSync
  readonly #selectCustomer: StatementSync
  readonly #selectWrittenBack: StatementSync
  readonly #insert: StatementSync
  readonly #updateSettings: StatementSync
  readonly #writeChecksum: StatementSync
  readonly #writeBack: StatementSync
  readonly #updateWrittenBack: StatementSync

  constructor(database: DatabaseSync) {
    this.lists = new HistoryLists(database)
    const select = `SELECT ${STORED_COLUMNS} FROM accounts`
    this.#selectByNumber = prepare(database, `${select} WHERE number = ?`)
    this.#selectById = prepare(database, `${select} WHERE id = ?`)
    this.#selectAll = prepare(database, `${select} ORDER BY id`)
    this.#selectInternal = prepare(
      database,
      `${select} WHERE number IS NULL AND id > ${CASH_DRAWERS.length} ORDER BY id`,
    )
    const selectLabel = 'SELECT id, number, name, opened_at_ms FROM accounts'
    this.#selectLabelByNumber = prepare(database, `${selectLabel} WHERE number = ?`)
    this.#selectLabelsAfter = prepare(
      database,
      `${selectLabel} WHERE id > ? AND number IS NOT NULL ORDER BY id LIMIT ?`,
    )
    this.#selectNumber = prepare(database, 'SELECT number FROM accounts WHERE id = ?')
    this.#selectLatestId = prepare(database, 'SELECT max(id) AS id FROM accounts')
    this.#selectCustomer = prepare(database, 'SELECT 1 FROM accounts WHERE number IS NOT NULL LIMIT 1')
    this.#selectWrittenBack = prepare(database, 'SELECT posting_id FROM folded_up_to')
    this.#insert = prepare(
      database,
      `INSERT INTO accounts (id, number, name, opened_at_ms, balance, recent_postings) VALUES (?, ?, ?, ?, 0, x'')`,
    )
    this.#updateSettings = prepare(
      database,
      `UPDATE accounts SET status = ?, overdraft_limit = ?, withdrawal_limit = ?, daily_amount_limit = ?,
         daily_count_limit = ? WHERE id = ?`,
    )
    this.#writeChecksum = prepare(database, writeChecksums('accounts', 'id = ?'))
    this.#writeBack = prepare(
      database,
      `UPDATE accounts SET balance = ?, latest_posting_id = ?, recent_postings = ?, withdrawn_day = ?,
         withdrawn_amount = ?, withdrawn_count = ? WHERE id = ?`,
    )
    this.#updateWrittenBack = prepare(database, 'UPDATE folded_up_to SET posting_id = ?')
  }

  find(accountNumber: string): StoredAccount | undefined {
    const row = this.#selectByNumber.get(accountNumber)
    return row && storedAccountFrom(row)
  }

  findById(id: number): StoredAccount | undefined {
    const row = this.#selectById.get(id)
    return row && storedAccountFrom(row)
  }

  /** Every account, cash drawers too. */
  *all(): Generator<StoredAccount> {
    for (const row of this.#selectAll.iterate()) yield storedAccountFrom(row)
  }

  /** The bank's own accounts that are no cash drawers. */
  internal(): StoredAccount[] {
    return this.#selectInternal.all().map(storedAccountFrom)
  }

  label(accountNumber: string): AccountLabel | undefined {
    const row = this.#selectLabelByNumber.get(accountNumber)
    return row && labelFrom(row)
  }

  /** The customers' accounts with ids above `afterId`, in the order of their ids, `limit` at most. */
  labelsAfter(afterId: number, limit: number): AccountLabel[] {
    return this.#selectLabelsAfter.all(afterId, limit).map(labelFrom)
  }

  /** Undefined for an account of the bank's own, and where there is no account. */
  numberOf(id: number): string | undefined {
    const row = this.#selectNumber.get(id)
    return row && textOrUndefined(row, 'number')
  }

  /** All postings up to this one are written back to the rows. */
  writtenBackUpTo(): number {
    const row = this.#selectWrittenBack.get()
    if (row === undefined)
      throw new Error('the store does not say which postings its accounts have; run verify')
    return number(row, 'posting_id')
  }

  setWrittenBackUpTo(postingId: number): void {
    this.#updateWrittenBack.run(postingId)
  }

  latestId(): number {
    const row = this.#selectLatestId.get()
    return row === undefined ? 0 : number(row, 'id')
  }

  /** Whether any account is a customer's. */
  hasCustomers(): boolean {
    return this.#selectCustomer.get() !== undefined
  }

  insert({ account, name }: OpenedAccount, openedAtMs: number): void {
    this.#insert.run(account.id, account.number ?? null, name ?? null, openedAtMs)
    this.#writeChecksum.run(account.id)
  }

  /** Writes the status and the limits of the account. */
  updateSettings({ id, status, limits }: Account): void {
    const { overdraft = null, withdrawal = null, dailyAmount = null, dailyCount = null } = limits
    this.#updateSettings.run(
      accountStatuses.indexOf(status),
      overdraft,
      withdrawal,
      dailyAmount,
      dailyCount,
      id,
    )
    this.#writeChecksum.run(id)
  }

  /** Brings the account's row up to its latest posting, and lists the postings that it did not have. */
  writeBack(
    { id, balance, latestPostingId, withdrawn }: Omit<StoredAccount, 'number' | 'status' | 'limits'>,
    unflushed: readonly number[],
  ): void {
    const recentPostings = this.lists.append(id, unflushed)
    const { day, amount, count } = withdrawn
    this.#writeBack.run(balance, latestPostingId, recentPostings, day, `${amount}`, count, id)
  }
}

function labelFrom(row: Row): AccountLabel {
  return {
    id: number(row, 'id'),
    number: textOrUndefined(row, 'number'),
    name: textOrUndefined(row, 'name'),
    openedAtMs: numberOrUndefined(row, 'opened_at_ms'),
  }
}
