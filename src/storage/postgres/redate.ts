import { businessDay, startOfDay } from '../../ledger/business-day.ts'
import { DATED, dateBack, type Redated } from '../redating.ts'
import { number } from '../row-values.ts'
import type { Session } from './connection/session.ts'

const LOCK = 'LOCK TABLE accounts, holds, postings, idempotency_keys IN SHARE ROW EXCLUSIVE MODE'

/** Dates back to `nowMs` what the database dates later, in one transaction. A running instance finds the accounts changed. */
export async function redateDatabase(session: Session, timeZone: string, nowMs: number): Promise<Redated> {
  await session.query(`BEGIN; ${LOCK}`)
  const redated: { name: string; count: number }[] = []
  for (const { table, column, name } of DATED) {
    const [row] = await session.query(`SELECT count(*) AS count FROM ${table} WHERE ${column} > ${nowMs}`)
    redated.push({ name, count: row === undefined ? 0 : number(row, 'count') })
  }
  const day = businessDay(nowMs, timeZone)
  const statements = [
    ...dateBack(nowMs),
    withdrawnSince(startOfDay(day, timeZone), day),
    `UPDATE accounts SET latest_posting_ms = ${nowMs}, version = version + 1 WHERE latest_posting_ms > ${nowMs}`,
  ]
  for (const statement of statements) await session.query(statement)
  await session.query('COMMIT')
  return redated
}

/** What accounts whose row is ahead of the day have withdrawn on it. See `DailyWithdrawals`. */
function withdrawnSince(fromMs: number, day: number): string {
  return `UPDATE accounts
    SET withdrawn_day = ${day}, withdrawn_amount = today.amount, withdrawn_count = today.count
    FROM (
      SELECT ahead.id, coalesce(sum(postings.amount - reversed.amount), 0) AS amount,
        count(*) FILTER (WHERE postings.amount > reversed.amount) AS count
      FROM accounts AS ahead
        LEFT JOIN postings ON postings.debit_account_id = ahead.id AND kind = 2 AND at_ms >= ${fromMs}
        LEFT JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS amount FROM postings AS reversals
          WHERE reversals.reversed_posting_id = postings.id) AS reversed ON true
      WHERE ahead.withdrawn_day > ${day}
      GROUP BY ahead.id
    ) AS today
    WHERE accounts.id = today.id`
}
