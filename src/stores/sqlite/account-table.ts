import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Account } from '../../ledger/postings.ts'
import { prepare } from './database.ts'
import { countIds, decodeIds, encodeIds } from './posting-ids.ts'
import { bytes, integer, number, type Row, textOrUndefined } from '../values.ts'

/** So many recent postings move from the account's row to a page of its history. */
const RECENT_POSTINGS = 32

/** A page longer than this would not fit beside others in a block of the file. */
const PAGE_POSTINGS = 128

/** An account as its row has it: as of its latest posting that is folded into the row, 0 where there is none. */
export interface StoredAccount {
  readonly account: Account
  readonly latestPostingId: number
}

/**
 * The rows of the accounts, each with its balance and the list of its postings. Appending to that list costs no more
 * on a long history than on a short one: it is part of the row that the balance changes anyway.
 */
export class AccountTable {
  readonly #selectByNumber: StatementSync
  readonly #selectById: StatementSync
  readonly #selectAll: StatementSync
  readonly #selectCashDrawers: StatementSync
  readonly #selectLatestId: StatementSync
  readonly #selectFoldedUpTo: StatementSync
  readonly #selectRecentPostings: StatementSync
  readonly #selectHistory: StatementSync
  readonly #selectAllPages: StatementSync
  readonly #insert: StatementSync
  readonly #update: StatementSync
  readonly #updateFoldedUpTo: StatementSync
  readonly #insertPage: StatementSync

  constructor(database: DatabaseSync) {
    const columns = 'id, number, balance, latest_posting_id'
    this.#selectByNumber = prepare(database, `SELECT ${columns} FROM accounts WHERE number = ?`)
    this.#selectById = prepare(database, `SELECT ${columns} FROM accounts WHERE id = ?`)
    this.#selectAll = prepare(database, `SELECT ${columns}, recent_postings FROM accounts ORDER BY id`)
    this.#selectCashDrawers = prepare(
      database,
      `SELECT ${columns} FROM accounts WHERE number IS NULL ORDER BY id`,
    )
    this.#selectLatestId = prepare(database, 'SELECT max(id) AS id FROM accounts')
    this.#selectFoldedUpTo = prepare(database, 'SELECT posting_id FROM folded_up_to')
    this.#selectRecentPostings = prepare(database, 'SELECT recent_postings FROM accounts WHERE id = ?')
    // One statement, so that it sees one state of the store: a page that is just moving is in one place or the other.
    this.#selectHistory = prepare(
      database,
      `SELECT * FROM (
         SELECT postings FROM history_pages WHERE account_id = ?1 AND last_posting_id > ?2
         ORDER BY last_posting_id LIMIT ?3
       ) UNION ALL SELECT recent_postings FROM accounts WHERE id = ?1`,
    )
    this.#selectAllPages = prepare(
      database,
      'SELECT postings FROM history_pages WHERE account_id = ? ORDER BY last_posting_id',
    )
    this.#insert = prepare(
      database,
      "INSERT INTO accounts (id, number, balance, recent_postings) VALUES (?, ?, 0, x'')",
    )
    this.#update = prepare(
      database,
      'UPDATE accounts SET balance = ?, latest_posting_id = ?, recent_postings = ? WHERE id = ?',
    )
    this.#updateFoldedUpTo = prepare(database, 'UPDATE folded_up_to SET posting_id = ?')
    this.#insertPage = prepare(
      database,
      'INSERT INTO history_pages (account_id, last_posting_id, postings) VALUES (?, ?, ?)',
    )
  }

  find(accountNumber: string): StoredAccount | undefined {
    const row = this.#selectByNumber.get(accountNumber)
    return row && storedAccountFrom(row)
  }

  findById(id: number): StoredAccount | undefined {
    const row = this.#selectById.get(id)
    return row && storedAccountFrom(row)
  }

  /** The bank's cash drawers in the order in which they are to be used. */
  cashDrawers(): StoredAccount[] {
    return this.#selectCashDrawers.all().map(storedAccountFrom)
  }

  /** All postings up to this one are folded into the rows. */
  foldedUpToPostingId(): number {
    const row = this.#selectFoldedUpTo.get()
    if (row === undefined) throw new Error('the store does not say how far its accounts are folded')
    return number(row, 'posting_id')
  }

  setFoldedUpToPostingId(postingId: number): void {
    this.#updateFoldedUpTo.run(postingId)
  }

  latestId(): number {
    const row = this.#selectLatestId.get()
    return row === undefined ? 0 : number(row, 'id')
  }

  insert(account: Account): void {
    this.#insert.run(account.id, account.number ?? null)
  }

  /** Writes to its row what the account has come to by its latest posting, and lists the postings that are new to it. */
  fold(id: number, balance: bigint, latestPostingId: number, unlisted: readonly number[]): void {
    const row = this.#selectRecentPostings.get(id)
    if (row === undefined) throw new Error(`account ${id} has no row; run verify`)
    const listed = bytes(row, 'recent_postings')
    const recentPostings =
      countIds(listed) + unlisted.length < RECENT_POSTINGS
        ? Buffer.concat([listed, encodeIds(unlisted)])
        : encodeIds(this.#insertPages(id, [...decodeIds(listed), ...unlisted]))
    this.#update.run(balance, latestPostingId, recentPostings, id)
  }

  /** The ids of the postings above `afterId` that the account's row and pages list, oldest first, `limit` at most. */
  postingIds(accountId: number, afterId: number, limit: number): number[] {
    // Every page but the first gives at least this many, so with one more there are enough without the recent ones.
    const pages = Math.ceil(limit / RECENT_POSTINGS) + 1
    const ids: number[] = []
    for (const row of this.#selectHistory.iterate(accountId, afterId, pages)) {
      for (const id of decodeIds(bytes(row, 'postings'))) {
        if (id > afterId) ids.push(id)
        if (ids.length === limit) return ids
      }
    }
    return ids
  }

  /** Every account, cash drawers too, with the ids of all postings that its row and pages list. */
  *all(): Generator<{ account: Account; postingIds: Iterable<number> }> {
    for (const row of this.#selectAll.iterate()) {
      const { account } = storedAccountFrom(row)
      yield { account, postingIds: this.#allPostingIds(account.id, bytes(row, 'recent_postings')) }
    }
  }

  *#allPostingIds(accountId: number, recentPostings: Buffer): Generator<number> {
    for (const row of this.#selectAllPages.iterate(accountId)) yield* decodeIds(bytes(row, 'postings'))
    yield* decodeIds(recentPostings)
  }

  /** Writes pages of at least `RECENT_POSTINGS` ids and answers the few that are left over. */
  #insertPages(accountId: number, ids: readonly number[]): readonly number[] {
    let start = 0
    while (ids.length - start >= RECENT_POSTINGS) {
      const page = ids.slice(start, start + PAGE_POSTINGS)
      this.#insertPage.run(accountId, page.at(-1) ?? 0, encodeIds(page))
      start += page.length
    }
    return ids.slice(start)
  }
}

function storedAccountFrom(row: Row): StoredAccount {
  const account = {
    id: number(row, 'id'),
    number: textOrUndefined(row, 'number'),
    balance: integer(row, 'balance'),
  }
  return { account, latestPostingId: number(row, 'latest_posting_id') }
}
