import type { DatabaseSync } from 'node:sqlite'

/** The value of a pragma that is a whole number. */
export function pragma(
  database: DatabaseSync,
  name: 'user_version' | 'application_id' | 'data_version',
): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name])
}
