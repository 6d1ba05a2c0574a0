import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** Prepares a statement whose integers come back as `bigint`, so that no cent is rounded. */
export function prepare(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql)
  statement.setReadBigInts(true)
  return statement
}

/** The value of a pragma that is a whole number. */
export function pragma(
  database: DatabaseSync,
  name: 'user_version' | 'application_id' | 'data_version',
): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name])
}
