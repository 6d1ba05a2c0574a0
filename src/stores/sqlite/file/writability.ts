import type { DatabaseSync } from 'node:sqlite'
import { StoreUnavailable } from '../../../ledger/store.ts'
import { prepare } from '../tables/prepare.ts'
import { number } from '../../values.ts'

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
  if (error instanceof StoreUnavailable) return error
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined
  const isFull = typeof code === 'number' && (code & 0xff) === SQLITE_FULL
  return new StoreUnavailable(isFull ? 'the disk is full' : 'the store could not write', { cause: error })
}
