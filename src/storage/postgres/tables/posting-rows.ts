import { type Posting, postingKindFrom, type ReversiblePosting } from '../../../ledger/postings.ts'
import { integer, number, numberOrUndefined, type Row, textOrUndefined } from '../../row-values.ts'

export const POSTING_COLUMNS = `postings.id, postings.at_ms, postings.kind, postings.debit_account_id,
  postings.credit_account_id, postings.amount, postings.debit_balance, postings.credit_balance,
  postings.reference, postings.reversed_posting_id, postings.hold_id`

/** Postings by their ids together with those that give them back, each from its own index, originals first. */
export const SELECT_REVERSIBLE = `SELECT ${POSTING_COLUMNS} FROM postings WHERE id = ANY ($1::bigint[])
  UNION ALL
  SELECT ${POSTING_COLUMNS} FROM postings
  WHERE reversed_posting_id = ANY ($1::bigint[]) AND reversed_posting_id IS NOT NULL
  ORDER BY id`

export function postingFrom(row: Row): Posting {
  return {
    id: number(row, 'id'),
    atMs: number(row, 'at_ms'),
    kind: postingKindFrom(number(row, 'kind')),
    debitAccountId: number(row, 'debit_account_id'),
    creditAccountId: number(row, 'credit_account_id'),
    amount: integer(row, 'amount'),
    debitBalance: integer(row, 'debit_balance'),
    creditBalance: integer(row, 'credit_balance'),
    reference: textOrUndefined(row, 'reference'),
    reversedPostingId: numberOrUndefined(row, 'reversed_posting_id'),
    holdId: numberOrUndefined(row, 'hold_id'),
  }
}

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
