import type { ReversiblePosting } from '../../../ledger/postings.ts'
import type { Row } from '../../row-values.ts'
import { POSTING_COLUMNS, postingFrom } from '../../rows.ts'

/** Postings by their ids together with those that give them back, each from its own index, originals first. */
export const SELECT_REVERSIBLE = `SELECT ${POSTING_COLUMNS} FROM postings WHERE id = ANY ($1::bigint[])
  UNION ALL
  SELECT ${POSTING_COLUMNS} FROM postings
  WHERE reversed_posting_id = ANY ($1::bigint[]) AND reversed_posting_id IS NOT NULL
  ORDER BY id`

/** What `SELECT_REVERSIBLE` finds: each posting that was asked for, with all that was given back of it. */
export function reversibleFrom(rows: readonly Row[], ids: readonly number[]): readonly ReversiblePosting[] {
  const asked = new Set(ids)
  const found = new Map<number, ReversiblePosting>()
  for (const posting of rows.map(postingFrom)) {
    // A reversal may itself have been asked for, and its row is then there twice.
    if (asked.has(posting.id) && !found.has(posting.id))
      found.set(posting.id, { posting, reversedAmount: 0n, latestReversal: undefined })
    const original = found.get(posting.reversedPostingId ?? 0)
    if (original === undefined || original.latestReversal?.id === posting.id) continue
    const reversedAmount = original.reversedAmount + posting.amount
    found.set(original.posting.id, { ...original, reversedAmount, latestReversal: posting })
  }
  return [...found.values()]
}
