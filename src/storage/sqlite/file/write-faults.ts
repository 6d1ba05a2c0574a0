import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { StoreUnavailable } from '../../store.ts'
import { pragma } from '../tables/statements.ts'

/** Another program needs the write lock for a moment when it copies the log back. */
const WAIT_MS = 250

const RETRY_MS = 5

/** Waits for the write lock of a file without holding up the thread, as SQLite itself would. */
export class LockWait {
  #isLockedOut = false

  /**
   * Repeats `write` for a while as long as the lock is taken; tries only once when the latest write did not get it,
   * so that a long lock does not make each batch late.
   */
  async whenFree<Result>(write: () => Result): Promise<Result> {
    const untilMs = performance.now() + (this.#isLockedOut ? 0 : WAIT_MS)
    for (;;) {
      try {
        const result = write()
        this.#isLockedOut = false
        return result
      } catch (error) {
        this.#isLockedOut = isBusy(error)
        if (!this.#isLockedOut || performance.now() >= untilMs) throw error
      }
      await delay(RETRY_MS)
    }
  }
}

/** Each appends a page to the log: together about as many as a small batch. */
export const PROBE_COMMITS = 16

/** Commits what is there already, often enough to show that the log has room for a batch. */
export function writeNothingNew(database: DatabaseSync): void {
  const version = pragma(database, 'user_version')
  for (let commit = 0; commit < PROBE_COMMITS; commit += 1) database.exec(`PRAGMA user_version = ${version}`)
}

const SQLITE_BUSY = 5

/** What is in the way of a write, by SQLite's primary result code. */
const causes: ReadonlyMap<number | undefined, string> = new Map([
  [SQLITE_BUSY, 'another program holds the write lock of the store'],
  [8, 'the files of the store may not be written to'],
  [10, 'the disk refuses to be written to: it has failed, or a limit on the size of files is reached'],
  [13, 'the disk is full'],
])

/** The error of a write that has failed. */
export function cannotWrite(error: unknown): StoreUnavailable {
  return asUnavailable(error, causes.get(primaryCode(error)) ?? 'the store could not write')
}

/** The error, if it says already that the store is unavailable; else one that says so with `message`. */
export function asUnavailable(error: unknown, message: string): StoreUnavailable {
  return error instanceof StoreUnavailable ? error : new StoreUnavailable(message, { cause: error })
}

/** Whether another connection holds the lock that was needed. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === SQLITE_BUSY
}

/** SQLite's primary result code; undefined for an error that is not SQLite's. */
export function primaryCode(error: unknown): number | undefined {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined
  return typeof code === 'number' ? code & 0xff : undefined
}
