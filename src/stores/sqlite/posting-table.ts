import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type Posting, postingKindFrom, postingKinds } from '../../ledger/postings.ts'
import { prepare } from './database.ts'
import { integer, number, type Row } from '../values.ts'

const COLUMNS =
  'id, at_ms, kind, debit_account_id, credit_account_id, amount, debit_balance, credit_balance' as const

/** The postings: appended, never changed. */
export class PostingTable {
  readonly #insert: StatementSync
  readonly #select: StatementSync
  readonly #selectLatest: StatementSync
  readonly #selectAfter: StatementSync

  constructor(database: DatabaseSync) {
    this.#insert = prepare(database, `INSERT INTO postings (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
    this.#select = prepare(database, `SELECT ${COLUMNS} FROM postings WHERE id = ?`)
    this.#selectLatest = prepare(database, `SELECT ${COLUMNS} FROM postings ORDER BY id DESC LIMIT 1`)
    this.#selectAfter = prepare(database, `SELECT ${COLUMNS} FROM postings WHERE id > ? ORDER BY id`)
    // Many postings are read for one answer, and an array of a row is made in half the time of an object.
    for (const select of [this.#select, this.#selectLatest, this.#selectAfter]) select.setReturnArrays(true)
  }

  insert(posting: Posting): void {
    this.#insert.run(
      posting.id,
      posting.atMs,
      postingKinds.indexOf(posting.kind),
      posting.debitAccountId,
      posting.creditAccountId,
      posting.amount,
      posting.debitBalance,
      posting.creditBalance,
    )
  }

  find(id: number): Posting | undefined {
    const row = this.#select.get(id)
    return row && postingFrom(row)
  }

  latest(): Posting | undefined {
    const row = this.#selectLatest.get()
    return row && postingFrom(row)
  }

  /** The postings above `id` in the order of posting, read one at a time. */
  *after(id: number): Generator<Posting> {
    for (const row of this.#selectAfter.iterate(id)) yield postingFrom(row)
  }
}

/** Reads a row of `COLUMNS`, in their order. */
function postingFrom(row: Row): Posting {
  return {
    id: number(row, 0),
    atMs: number(row, 1),
    kind: postingKindFrom(number(row, 2)),
    debitAccountId: number(row, 3),
    creditAccountId: number(row, 4),
    amount: integer(row, 5),
    debitBalance: integer(row, 6),
    creditBalance: integer(row, 7),
  }
}
