import type { DatabaseSync } from 'node:sqlite'
import { businessDay, startOfDay } from '../../ledger/business-day.ts'
import { redateMachines } from './atm/redate-atm.ts'
import { openForWriting } from './file/database.ts'
import { renewChecksums } from './tables/checksums.ts'
import { prepare } from './tables/statements.ts'
import { DATED, dateBack, type Redated, sumsByAccount } from '../redating.ts'
import { number } from '../row-values.ts'

/** Dates back to `nowMs` what the file dates later, in one transaction. Throws `StoreOpenError`, also while it is in use. */
export function redateSqlite(path: string, timeZone: string, nowMs: number): Redated {
  const open = openForWriting(path, timeZone)
  const { database } = open
  try {
    database.exec('BEGIN IMMEDIATE')
    const dated = DATED.map(({ table, column, name }) => {
      const row = prepare(database, `SELECT count(*) AS count FROM ${table} WHERE ${column} > ${nowMs}`).get()
      return { name, count: row === undefined ? 0 : number(row, 'count') }
    })
    for (const statement of dateBack(nowMs)) database.exec(statement)
    for (const { table, column } of DATED) renewChecksums(database, table, `${column} = ${nowMs}`)
    recountWithdrawals(database, timeZone, nowMs)
    const ofMachines = redateMachines(database, nowMs)
    database.exec('COMMIT')
    return [...dated, ...ofMachines]
  } finally {
    open.close()
  }
}

/** Gives accounts whose latest day with withdrawals has not come yet what they have withdrawn on the day of `nowMs`. */
function recountWithdrawals(database: DatabaseSync, timeZone: string, nowMs: number): void {
  const day = businessDay(nowMs, timeZone)
  const sums = sumsByAccount(prepare(database, withdrawalsSince(startOfDay(day, timeZone), day)).all())
  const update = prepare(
    database,
    'UPDATE accounts SET withdrawn_day = ?, withdrawn_amount = ?, withdrawn_count = ? WHERE id = ?',
  )
  for (const row of prepare(database, `SELECT id FROM accounts WHERE withdrawn_day > ${day}`).all()) {
    const id = number(row, 'id')
    const { amount, count } = sums.get(id) ?? { amount: 0n, count: 0 }
    update.run(day, `${amount}`, count, id)
  }
}

/** Of accounts whose row is ahead of the day. What is not written back to a row yet is read at the next start. */
function withdrawalsSince(fromMs: number, day: number): string {
  const writtenBack = '<= max((SELECT posting_id FROM folded_up_to), accounts.latest_posting_id)'
  return `SELECT accounts.id AS account_id, postings.amount, coalesce((SELECT sum(reversals.amount)
      FROM postings AS reversals
      WHERE reversals.reversed_posting_id = postings.id AND reversals.id ${writtenBack}), 0) AS reversed
    FROM accounts JOIN postings ON postings.debit_account_id = accounts.id
    WHERE accounts.withdrawn_day > ${day} AND postings.kind = 2 AND postings.at_ms >= ${fromMs}
      AND postings.id ${writtenBack}`
}
