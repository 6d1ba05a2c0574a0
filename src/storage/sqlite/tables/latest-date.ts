import type { DatabaseSync } from 'node:sqlite'
import { number } from '../../row-values.ts'
import { prepare } from './prepare.ts'

const COLUMNS = [
  ['postings', 'at_ms'],
  ['holds', 'placed_at_ms'],
  ['accounts', 'opened_at_ms'],
  ['idempotency_keys', 'at_ms'],
]

/** The latest date in the file, 0 when nothing is dated yet: in each table it is that of the latest row. */
export function latestDate(database: DatabaseSync): number {
  const dates = COLUMNS.map(
    ([table, column]) => `coalesce((SELECT ${column} FROM ${table} ORDER BY ${table}.id DESC LIMIT 1), 0)`,
  )
  return number(prepare(database, `SELECT max(${dates.join(', ')}) AS latest_ms`).get() ?? {}, 'latest_ms')
}
