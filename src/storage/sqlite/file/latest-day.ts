import type { DatabaseSync } from 'node:sqlite'
import { businessDay, startOfDay } from '../../../ledger/business-day.ts'
import { prepare } from '../tables/prepare.ts'
import { PostingTable } from '../tables/posting-table.ts'
import { integer, number } from '../../row-values.ts'

/**
 * Writes to the rows of the accounts what the postings folded into them have withdrawn on the day of the latest posting,
 * where an older version has written the store. Days before that one count no more, as time never runs backwards.
 */
export function followLatestDay(database: DatabaseSync, timeZone: string): void {
  const postings = new PostingTable(database)
  const latest = postings.latestUpTo(Number.MAX_SAFE_INTEGER)
  if (latest === undefined) return
  const day = businessDay(latest.atMs, timeZone)
  const latestIdBefore = postings.latestIdAt(startOfDay(day, timeZone) - 1)
  // What is not folded into an account's row yet is followed at every start. The sums of halves stay within 64 bits.
  const select = prepare(
    database,
    `SELECT debit_account_id, count(*) AS count, sum(amount >> 32) AS high, sum(amount & 0xffffffff) AS low
     FROM postings CROSS JOIN folded_up_to JOIN accounts ON accounts.id = debit_account_id
     WHERE postings.id > ? AND kind = 2 AND postings.id <= max(folded_up_to.posting_id, latest_posting_id)
     GROUP BY debit_account_id`,
  )
  const update = prepare(
    database,
    'UPDATE accounts SET withdrawn_day = ?, withdrawn_amount = ?, withdrawn_count = ? WHERE id = ?',
  )
  for (const row of select.all(latestIdBefore)) {
    const amount = (integer(row, 'high') << 32n) + integer(row, 'low')
    update.run(day, `${amount}`, number(row, 'count'), number(row, 'debit_account_id'))
  }
}
