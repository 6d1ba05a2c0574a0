import { integer, number, type Row } from './row-values.ts'

/** Everything that bears a date, and what people call it. */
export const DATED = [
  { table: 'postings', column: 'at_ms', name: 'postings' },
  { table: 'holds', column: 'placed_at_ms', name: 'holds' },
  { table: 'accounts', column: 'opened_at_ms', name: 'openings of accounts' },
  { table: 'idempotency_keys', column: 'at_ms', name: 'idempotency records' },
] as const

/** How many of each were dated back. */
export type Redated = readonly { readonly name: string; readonly count: number }[]

/**
 * The statements that date back to `nowMs` all that is dated later, on every engine. The dates that the postings had
 * are saved in a table of their own. A hold lasts from its new date on as long as it was to last from the old one.
 */
export function dateBack(nowMs: number): readonly string[] {
  return [
    `CREATE TABLE IF NOT EXISTS redated_postings
       (posting_id BIGINT NOT NULL, dated_ms BIGINT NOT NULL, redated_ms BIGINT NOT NULL)`,
    `INSERT INTO redated_postings (posting_id, dated_ms, redated_ms)
       SELECT id, at_ms, ${nowMs} FROM postings WHERE at_ms > ${nowMs}`,
    `UPDATE holds SET expires_at_ms = expires_at_ms - placed_at_ms + ${nowMs} WHERE placed_at_ms > ${nowMs}`,
    ...DATED.map(
      ({ table, column }) => `UPDATE ${table} SET ${column} = ${nowMs} WHERE ${column} > ${nowMs}`,
    ),
  ]
}

/** What accounts have withdrawn, from rows of `account_id`, `amount` and what of it was `reversed`. See `DailyWithdrawals`. */
export function sumsByAccount(
  withdrawals: readonly Row[],
): ReadonlyMap<number, { readonly amount: bigint; readonly count: number }> {
  const sums = new Map<number, { amount: bigint; count: number }>()
  for (const row of withdrawals) {
    const id = number(row, 'account_id')
    const left = integer(row, 'amount') - integer(row, 'reversed')
    const { amount, count } = sums.get(id) ?? { amount: 0n, count: 0 }
    sums.set(id, { amount: amount + left, count: count + (left > 0n ? 1 : 0) })
  }
  return sums
}
