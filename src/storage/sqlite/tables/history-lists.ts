import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { bytes, number, type Row } from '../../row-values.ts'
import { prepare } from './statements.ts'

/** This many recent postings move together from the account's row to a page of its history. */
const RECENT_POSTINGS = 32

/** A page longer than this would not fit beside others in a block of the file. */
const PAGE_POSTINGS = 128

/**
 * The lists of the accounts' postings: the newest few in the account's row, the others in pages. Appending to a list
 * costs no more on a long history than on a short one, as the row is written with the balance anyway.
 */
export class HistoryLists {
  readonly #selectRecent: StatementSync
  readonly #selectFrom: StatementSync
  readonly #selectPages: StatementSync
  readonly #selectPageAround: StatementSync
  readonly #selectPageBefore: StatementSync
  readonly #insertPage: StatementSync

  constructor(database: DatabaseSync) {
    this.#selectRecent = prepare(database, 'SELECT recent_postings AS postings FROM accounts WHERE id = ?')
    // One statement, so that it sees one state of the store: a page that is just moving is in one place or the other.
    this.#selectFrom = prepare(
      database,
      `SELECT * FROM (
         SELECT postings FROM history_pages WHERE account_id = ?1 AND last_posting_id > ?2
         ORDER BY last_posting_id LIMIT ?3
       ) UNION ALL SELECT recent_postings FROM accounts WHERE id = ?1`,
    )
    const selectPages = 'SELECT postings FROM history_pages WHERE account_id = ?'
    this.#selectPages = prepare(database, `${selectPages} ORDER BY last_posting_id`)
    this.#selectPageAround = prepare(
      database,
      `${selectPages} AND last_posting_id > ? ORDER BY last_posting_id LIMIT 1`,
    )
    this.#selectPageBefore = prepare(
      database,
      `${selectPages} AND last_posting_id <= ? ORDER BY last_posting_id DESC LIMIT 1`,
    )
    this.#insertPage = prepare(
      database,
      'INSERT INTO history_pages (account_id, last_posting_id, postings) VALUES (?, ?, ?)',
    )
  }

  /** The listed ids above `afterId`, oldest first, `limit` at most. */
  after(accountId: number, afterId: number, limit: number): number[] {
    // Every page but the first gives at least this many, so with one more there are enough without the recent ones.
    const pages = Math.ceil(limit / RECENT_POSTINGS) + 1
    const ids: number[] = []
    for (const row of this.#selectFrom.iterate(accountId, afterId, pages)) {
      for (const id of decodeIds(bytes(row, 'postings'))) {
        if (id > afterId) ids.push(id)
        if (ids.length === limit) return ids
      }
    }
    return ids
  }

  /** The highest listed id that is not above `postingId`, read from at most three pieces of the list. */
  latestUpTo(accountId: number, postingId: number): number | undefined {
    return (
      latestIn(this.#selectRecent.get(accountId), postingId) ??
      latestIn(this.#selectPageAround.get(accountId, postingId), postingId) ??
      latestIn(this.#selectPageBefore.get(accountId, postingId), postingId)
    )
  }

  /** All ids of the list, oldest first. */
  *all(accountId: number): Generator<number> {
    for (const row of this.#selectPages.iterate(accountId)) yield* decodeIds(bytes(row, 'postings'))
    yield* decodeIds(this.#recent(accountId))
  }

  /** Lists the ids too, and answers what the account's row is to hold of the list. */
  append(accountId: number, ids: readonly number[]): Buffer {
    const recent = this.#recent(accountId)
    return recent.length / ID_BYTES + ids.length < RECENT_POSTINGS
      ? Buffer.concat([recent, encodeIds(ids)])
      : encodeIds(this.#insertPages(accountId, [...decodeIds(recent), ...ids]))
  }

  #recent(accountId: number): Buffer {
    const row = this.#selectRecent.get(accountId)
    if (row === undefined) throw new Error(`account ${accountId} has no row; run verify`)
    return bytes(row, 'postings')
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

/** Names the pages that are found under another id than that of their last posting, or belong to no customer. */
export function* misplacedPages(database: DatabaseSync): Generator<string> {
  const statement = prepare(
    database,
    `SELECT account_id, last_posting_id FROM history_pages
     WHERE hex(substr(postings, -6)) <> format('%012X', last_posting_id)
       OR NOT EXISTS (SELECT 1 FROM accounts WHERE id = account_id AND number IS NOT NULL)`,
  )
  for (const row of statement.iterate())
    yield `the page of a history up to posting ${number(row, 'last_posting_id')} of account ${number(row, 'account_id')} is not where it belongs`
}

function latestIn(row: Row | undefined, postingId: number): number | undefined {
  return row && decodeIds(bytes(row, 'postings')).findLast((id) => id <= postingId)
}

/** Posting ids are stored as 6 bytes each, big end first, so that a list grows without being read. */
const ID_BYTES = 6

function encodeIds(ids: readonly number[]): Buffer {
  const list = Buffer.allocUnsafe(ids.length * ID_BYTES)
  for (const [index, id] of ids.entries()) list.writeUIntBE(id, index * ID_BYTES, ID_BYTES)
  return list
}

function decodeIds(list: Buffer): number[] {
  const ids: number[] = []
  for (let offset = 0; offset < list.length; offset += ID_BYTES) ids.push(list.readUIntBE(offset, ID_BYTES))
  return ids
}
