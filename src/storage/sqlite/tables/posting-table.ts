import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { AuditedReversal, ListedPosting } from '../../../ledger/audit/source.ts'
import type { Reversed } from '../../../ledger/daily-withdrawals.ts'
import { type Posting, postingKinds, type ReversiblePosting } from '../../../ledger/postings.ts'
import { CHECKED_COLUMNS, checksumOf } from './checksums.ts'
import { prepare } from './statements.ts'
import { integerOrUndefined, number, word } from '../../row-values.ts'
import { POSTING_COLUMNS, postingFromArray } from '../../rows.ts'

/** The postings: appended, never changed. */
export class PostingTable {
  readonly #insert: StatementSync
  readonly #select: StatementSync
  readonly #selectAfter: StatementSync
  readonly #selectUpTo: StatementSync
  readonly #selectReversedAmount: StatementSync
  readonly #selectLatestReversal: StatementSync
  readonly #selectReversals: StatementSync
  readonly #selectSides: StatementSync

  constructor(database: DatabaseSync) {
    this.#insert = prepare(
      database,
      `INSERT INTO postings (${CHECKED_COLUMNS.postings}, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    const select = `SELECT ${POSTING_COLUMNS} FROM postings`
    this.#select = prepare(database, `${select} WHERE id = ?`)
    this.#selectAfter = prepare(database, `${select} WHERE id > ? ORDER BY id`)
    this.#selectUpTo = prepare(
      database,
      'SELECT id, at_ms FROM postings WHERE id <= ? ORDER BY id DESC LIMIT 1',
    )
    this.#selectReversedAmount = prepare(
      database,
      'SELECT sum(amount) FROM postings WHERE reversed_posting_id = ? AND id <= ?',
    )
    this.#selectLatestReversal = prepare(
      database,
      `${select} WHERE id = (SELECT max(id) FROM postings WHERE reversed_posting_id = ?)`,
    )
    this.#selectReversals = prepare(database, `${select} WHERE reversed_posting_id IS NOT NULL ORDER BY id`)
    this.#selectSides = prepare(
      database,
      'SELECT kind, debit_account_id, credit_account_id FROM postings WHERE id = ?',
    )
    // Many postings are read for one answer, and an array of a row is made in half the time of an object.
    for (const statement of [
      this.#select,
      this.#selectAfter,
      this.#selectUpTo,
      this.#selectReversedAmount,
      this.#selectLatestReversal,
      this.#selectReversals,
      this.#selectSides,
    ])
      statement.setReturnArrays(true)
  }

  insert(posting: Posting): void {
    const values = [
      posting.id,
      posting.atMs,
      postingKinds.indexOf(posting.kind),
      posting.debitAccountId,
      posting.creditAccountId,
      posting.amount,
      posting.debitBalance,
      posting.creditBalance,
      posting.reference ?? null,
      posting.reversedPostingId ?? null,
      posting.holdId ?? null,
    ]
    this.#insert.run(...values, checksumOf(values))
  }

  find(id: number): Posting | undefined {
    const row = this.#select.get(id)
    return row && postingFromArray(row)
  }

  /** The posting of that id as one of a list. */
  listed(id: number): ListedPosting {
    const row = this.#selectSides.get(id)
    if (row === undefined) return { id, posting: undefined }
    const kind = word(row, 0, postingKinds)
    return { id, posting: { kind, debitAccountId: number(row, 1), creditAccountId: number(row, 2) } }
  }

  /** The id and the time of the latest posting with an id of at most `id`. */
  latestUpTo(id: number): { readonly id: number; readonly atMs: number } | undefined {
    const row = this.#selectUpTo.get(id)
    return row && { id: number(row, 0), atMs: number(row, 1) }
  }

  /** The id of the latest posting that is dated at or before `atMs`, 0 where there is none. */
  latestIdAt(atMs: number): number {
    let low = 0
    let high = this.latestUpTo(Number.MAX_SAFE_INTEGER)?.id ?? 0
    // No posting is dated before the one before it. Up to `low` they are early enough, and above `high` they are not.
    while (low < high) {
      const middle = low + Math.ceil((high - low) / 2)
      const found = this.latestUpTo(middle)
      if (found === undefined || found.atMs <= atMs) low = middle
      else high = found.id - 1
    }
    return low
  }

  /** The posting of that id with what was given back of it. */
  reversible(id: number): ReversiblePosting | undefined {
    const posting = this.find(id)
    if (posting === undefined) return undefined
    const row = this.#selectLatestReversal.get(id)
    if (row === undefined) return { posting, reversedAmount: 0n, latestReversal: undefined }
    const latestReversal = postingFromArray(row)
    return { posting, reversedAmount: this.#reversedAmount(id, latestReversal.id), latestReversal }
  }

  /** What a reversal gave back, as it stood after it. */
  reversedBy({ id, reversedPostingId }: Posting): Reversed | undefined {
    const original = reversedPostingId === undefined ? undefined : this.find(reversedPostingId)
    return original && { original, reversedAmount: this.#reversedAmount(original.id, id) }
  }

  /** The postings above `id` in the order of posting, read one at a time. */
  *after(id: number): Generator<Posting> {
    for (const row of this.#selectAfter.iterate(id)) yield postingFromArray(row)
  }

  /** Every reversal in the order of posting, with what it says it gives back. */
  *reversals(): Generator<AuditedReversal> {
    for (const row of this.#selectReversals.iterate()) {
      const reversal = postingFromArray(row)
      yield { reversal, original: this.find(reversal.reversedPostingId ?? 0) }
    }
  }

  #reversedAmount(id: number, upToReversalId: number): bigint {
    const row = this.#selectReversedAmount.get(id, upToReversalId)
    return (row && integerOrUndefined(row, 0)) ?? 0n
  }
}
