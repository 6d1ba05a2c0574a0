import type { DatabaseSync } from 'node:sqlite'
import { StoreUnavailable } from '../../store.ts'
import { primaryCode } from './sqlite-errors.ts'
import { prepare } from '../tables/prepare.ts'
import { number } from '../../row-values.ts'

/** The log takes a page with each: together about as many as a small batch writes. */
const PROBE_COMMITS = 16

/** SQLite's code for a disk without room. */
const SQLITE_FULL = 13

/** Commits what is there already, as often as shows that the log has room for a batch. */
export function writeNothingNew(database: DatabaseSync): void {
  const version = number(prepare(database, 'PRAGMA user_version').get() ?? {}, 'user_version')
  for (let commit = 0; commit < PROBE_COMMITS; commit += 1) database.exec(`PRAGMA user_version = ${version}`)
}

/** What a failed write is answered with. */
export function cannotWrite(error: unknown): StoreUnavailable {
  return asUnavailable(
    error,
    primaryCode(error) === SQLITE_FULL ? 'the disk is full' : 'the store could not write',
  )
}

/** The error, if it says already that the store is unavailable; else one that says so with `message`. */
export function asUnavailable(error: unknown, message: string): StoreUnavailable {
  return error instanceof StoreUnavailable ? error : new StoreUnavailable(message, { cause: error })
}
