import type { DatabaseSync } from 'node:sqlite'
import { businessDay } from '../../ledger/business-day.ts'
import { type DailyWithdrawals, on } from '../../ledger/daily-withdrawals.ts'
import { postingKinds } from '../../ledger/postings.ts'
import { integer, number } from '../values.ts'

/**
 * Writes to the rows of the accounts what the postings folded into them have withdrawn on the day of the latest posting,
 * where an older version has written the store. Days before that one count no more, as time never runs backwards.
 */
export function followLatestDay(database: DatabaseSync, timeZone: string): void {
  const update = database.prepare(
    'UPDATE accounts SET withdrawn_day = ?, withdrawn_amount = ?, withdrawn_count = ? WHERE id = ?',
  )
  for (const [id, { day, amount, count }] of withdrawnOnLatestDay(database, timeZone))
    update.run(day, `${amount}`, count, id)
}

function withdrawnOnLatestDay(database: DatabaseSync, timeZone: string): Map<number, DailyWithdrawals> {
  const withdrawn = new Map<number, DailyWithdrawals>()
  // What is not folded into an account's row yet is followed at every start.
  const newestFirst = database.prepare(
    `SELECT at_ms, kind, amount, debit_account_id, postings.id <= max(folded_up_to.posting_id, latest_posting_id) AS is_folded
     FROM postings CROSS JOIN folded_up_to LEFT JOIN accounts ON accounts.id = debit_account_id
     ORDER BY postings.id DESC`,
  )
  newestFirst.setReadBigInts(true)
  let latestDay: number | undefined
  for (const row of newestFirst.iterate()) {
    const day = businessDay(number(row, 'at_ms'), timeZone)
    latestDay ??= day
    if (day !== latestDay) break
    if (number(row, 'kind') !== postingKinds.indexOf('withdraw') || row['is_folded'] !== 1n) continue
    const id = number(row, 'debit_account_id')
    const { amount, count } = on(day, withdrawn.get(id) ?? { day, amount: 0n, count: 0 })
    withdrawn.set(id, { day, amount: amount + integer(row, 'amount'), count: count + 1 })
  }
  return withdrawn
}
