import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Account } from '../../ledger/postings.ts'
import { prepare } from './database.ts'
import { countIds, decodeIds, encodeIds } from './posting-ids.ts'
import { bytes, integer, number, textOrUndefined } from '../values.ts'

/** So many recent postings move from the account's row to a page of its history. */
const RECENT_POSTINGS = 32

/** A page longer than this would not fit beside others in a block of the file. */
const PAGE_POSTINGS = 128

/** An account as loaded for a batch, with the list of its recent postings. */
export interface LoadedAccount {
  readonly account: Account
  readonly recentPostings: Buffer
}

/**
 * The accounts, each with its balance and the list of its postings. Appending to that list costs no more on a long
 * history than on a short one: it is part of the row that the balance changes anyway.
 */
export class AccountTable {
  readonly #select: StatementSync
  readonly #selectBalance: StatementSync
  readonly #selectAll: StatementSync
  readonly #selectCashDrawers: StatementSync
  readonly #selectLatestId: StatementSync
  readonly #selectHistory: StatementSync
  readonly #selectAllPages: StatementSync
  readonly #insert: StatementSync
  readonly #update: StatementSync
  readonly #insertPage: StatementSync

  constructor(database: DatabaseSync) {
    this.#select = prepare(database, 'SELECT id, balance, recent_postings FROM accounts WHERE number = ?')
    this.#selectBalance = prepare(database, 'SELECT id, balance FROM accounts WHERE number = ?')
    this.#selectAll = prepare(
      database,
      'SELECT id, number, balance, recent_postings FROM accounts ORDER BY id',
    )
    this.#selectCashDrawers = prepare(
      database,
      'SELECT id, balance FROM accounts WHERE number IS NULL ORDER BY id',
    )
    this.#selectLatestId = prepare(database, 'SELECT max(id) AS id FROM accounts')
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
    this.#update = prepare(database, 'UPDATE accounts SET balance = ?, recent_postings = ? WHERE id = ?')
    this.#insertPage = prepare(
      database,
      'INSERT INTO history_pages (account_id, last_posting_id, postings) VALUES (?, ?, ?)',
    )
  }

  find(accountNumber: string): LoadedAccount | undefined {
    const row = this.#select.get(accountNumber)
    return (
      row && {
        account: { id: number(row, 'id'), number: accountNumber, balance: integer(row, 'balance') },
        recentPostings: bytes(row, 'recent_postings'),
      }
    )
  }

  findBalance(accountNumber: string): Account | undefined {
    const row = this.#selectBalance.get(accountNumber)
    return row && { id: number(row, 'id'), number: accountNumber, balance: integer(row, 'balance') }
  }

  /** The bank's cash drawers in the order in which they are to be used. */
  cashDrawers(): Account[] {
    return this.#selectCashDrawers
      .all()
      .map((row) => ({ id: number(row, 'id'), number: undefined, balance: integer(row, 'balance') }))
  }

  latestId(): number {
    const row = this.#selectLatestId.get()
    return row === undefined ? 0 : number(row, 'id')
  }

  insert(account: Account): void {
    this.#insert.run(account.id, account.number ?? null)
  }

  /** Writes the balance, and adds the ids of the new postings to the account's history. */
  update(account: Account, recentPostings: Buffer, newPostingIds: readonly number[]): void {
    if (newPostingIds.length === 0) {
      this.#update.run(account.balance, recentPostings, account.id)
    } else if (countIds(recentPostings) + newPostingIds.length < RECENT_POSTINGS) {
      this.#update.run(account.balance, Buffer.concat([recentPostings, encodeIds(newPostingIds)]), account.id)
    } else {
      const ids = [...decodeIds(recentPostings), ...newPostingIds]
      this.#update.run(account.balance, encodeIds(this.#insertPages(account.id, ids)), account.id)
    }
  }

  /** The ids of the account's postings above `afterId`, oldest first, `limit` at most. */
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

  /** Every account, cash drawers too, with the ids of all its postings. */
  *all(): Generator<{ account: Account; postingIds: Iterable<number> }> {
    for (const row of this.#selectAll.iterate()) {
      const account = {
        id: number(row, 'id'),
        number: textOrUndefined(row, 'number'),
        balance: integer(row, 'balance'),
      }
      yield { account, postingIds: this.#allPostingIds(account.id, bytes(row, 'recent_postings')) }
    }
  }

  *#allPostingIds(accountId: number, recentPostings: Buffer): Generator<number> {
    for (const row of this.#selectAllPages.iterate(accountId)) yield* decodeIds(bytes(row, 'postings'))
    yield* decodeIds(recentPostings)
  }

  /** Writes pages of at least `RECENT_POSTINGS` ids and answers the few that are left over. */
  #insertPages(accountId: number, ids: readonly number[]): readonly number[] {
    let rest = ids
    while (rest.length >= RECENT_POSTINGS) {
      const page = rest.slice(0, PAGE_POSTINGS)
      this.#insertPage.run(accountId, page.at(-1) ?? 0, encodeIds(page))
      rest = rest.slice(PAGE_POSTINGS)
    }
    return rest
  }
}
