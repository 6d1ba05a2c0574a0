import { isCashDrawer } from '../../../ledger/cash-drawers.ts'
import type { Posting, ReversiblePosting } from '../../../ledger/postings.ts'
import { number, type Row } from '../../row-values.ts'
import { POSTING_COLUMNS, postingFrom } from '../../rows.ts'
import { integerArray } from './arrays.ts'
import type { Entity } from './entity.ts'

/** Postings by their ids together with those that give them back, each from its own index, originals first. */
export const SELECT_REVERSIBLE = `SELECT ${POSTING_COLUMNS} FROM postings WHERE id = ANY ($1::bigint[])
  UNION ALL
  SELECT ${POSTING_COLUMNS} FROM postings
  WHERE reversed_posting_id = ANY ($1::bigint[]) AND reversed_posting_id IS NOT NULL
  ORDER BY id`

/** What `SELECT_REVERSIBLE` finds: each posting of those ids, with all that was given back of it. */
export function reversibleFrom(rows: readonly Row[], ids: readonly number[]): readonly ReversiblePosting[] {
  const wanted = new Set(ids)
  const found = new Map<number, ReversiblePosting>()
  for (const posting of rows.map(postingFrom)) {
    // A reversal may itself be wanted, and its row is then there twice.
    if (wanted.has(posting.id) && !found.has(posting.id))
      found.set(posting.id, { posting, reversedAmount: 0n, latestReversal: undefined })
    const original = found.get(posting.reversedPostingId ?? 0)
    if (original === undefined || original.latestReversal?.id === posting.id) continue
    const reversedAmount = original.reversedAmount + posting.amount
    found.set(original.posting.id, { ...original, reversedAmount, latestReversal: posting })
  }
  return [...found.values()]
}

/**
 * Until the database gives them their ids, new postings are numbered from here on: far above all real ids, so that a
 * reference to an older posting is never taken for one to a posting of the batch.
 */
export const FIRST_PROVISIONAL_ID = 2 ** 52

/** The id in the database, once it is known which one the batch's first posting has. Real ids stay as they are. */
export function realId(id: number, firstPostingId: number): number {
  return id < FIRST_PROVISIONAL_ID ? id : firstPostingId + (id - FIRST_PROVISIONAL_ID)
}

/** The same in SQL: of a column that may be NULL, where `first_posting_id` is at hand. */
export function realIdOf(column: string): string {
  return `CASE WHEN ${column} >= ${FIRST_PROVISIONAL_ID} THEN first_posting_id + ${column} - ${FIRST_PROVISIONAL_ID} ELSE ${column} END`
}

const ACCOUNTS_OF_POSTINGS =
  'SELECT id, debit_account_id, credit_account_id FROM postings WHERE id = ANY ($1::bigint[])'

/** Postings that may be reversed. The writing statement saves new ones. */
export const postings: Entity = {
  resolve(session, { postingIds }) {
    if (postingIds.length === 0) return undefined
    return session.query(ACCOUNTS_OF_POSTINGS, [integerArray(postingIds)]).then((rows) => ({
      postingIds: rows.map((row) => number(row, 'id')),
      accountIds: rows.flatMap((row) =>
        customersOf({
          debitAccountId: number(row, 'debit_account_id'),
          creditAccountId: number(row, 'credit_account_id'),
        }),
      ),
    }))
  },

  async load(session, { references: { postingIds } }) {
    const rows =
      postingIds.length > 0 ? await session.query(SELECT_REVERSIBLE, [integerArray(postingIds)]) : []
    return { reversiblePostings: reversibleFrom(rows, postingIds) }
  },
}

/** The sides of a posting that are no cash drawer. */
export function customersOf(sides: Pick<Posting, 'debitAccountId' | 'creditAccountId'>): number[] {
  return [sides.debitAccountId, sides.creditAccountId].filter((id) => !isCashDrawer(id))
}
