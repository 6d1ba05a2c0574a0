import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** Prepares a statement whose integers come back as `bigint`, so that no cent is rounded. */
export function prepare(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql)
  statement.setReadBigInts(true)
  return statement
}
