import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type Posting, postingKinds } from '../../ledger/postings.ts'
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

function postingFrom(row: Row): Posting {
  const kind = postingKinds[number(row, 'kind')]
  if (kind === undefined)
    throw new TypeError('the store holds a posting of a kind that this version does not know')
  return {
    id: number(row, 'id'),
    atMs: number(row, 'at_ms'),
    kind,
    debitAccountId: number(row, 'debit_account_id'),
    creditAccountId: number(row, 'credit_account_id'),
    amount: integer(row, 'amount'),
    debitBalance: integer(row, 'debit_balance'),
    creditBalance: integer(row, 'credit_balance'),
  }
}
