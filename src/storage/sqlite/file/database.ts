import { closeSync, fsyncSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { type StoreLog, StoreOpenError } from '../../store.ts'
import { defineChecksum } from '../tables/checksums.ts'
import { LogState } from './log-state.ts'
import { FatalFault, LogSync } from './log-sync.ts'
import { migrate, assertOwnDatabase, assertMigrated } from './schema.ts'
import { makePrivateFile, refuseUnsafeFiles, sizeOf, type StorePaths, storePaths } from './files.ts'
import { WatchedFiles } from './files.ts'
import { WriterLock } from './writer-lock.ts'

/** The path of a store that is in memory alone. */
export const IN_MEMORY = ':memory:'

/** How long opening and reading wait for another connection's lock. Readers never hold one for long. */
const BUSY_TIMEOUT_MS = 5_000

/** Pages of 4 KiB between checkpoints, which copy the log back: more means less work, and a longer log. */
const CHECKPOINT_PAGES = 1_000

/** A log that a long read has made larger is cut back to this. */
const LOG_LIMIT_BYTES = 16 * 1_024 * 1_024

/** The writer's page cache: enough for the pages that the postings of many accounts touch. */
const CACHE_KIB = 16_384

const silent: StoreLog = { warn: () => undefined, fatal: () => undefined }

/** A database, open for its one writer. */
export interface OpenDatabase {
  readonly database: DatabaseSync
  /** Makes its commits durable; undefined where there is no disk. */
  readonly log: LogSync | undefined
  close(): void
}

/**
 * Opens or makes the file, migrates it and keeps every other writer out. The bank's days are those of `timeZone`;
 * without a `log` nothing is reported. Throws `StoreOpenError`, whose one line says what to do.
 */
export function openForWriting(path: string, timeZone: string, log: StoreLog = silent): OpenDatabase {
  return path === IN_MEMORY ? openInMemory(timeZone) : orExplain(path, () => openFile(path, timeZone, log))
}

function openInMemory(timeZone: string): OpenDatabase {
  const database = new DatabaseSync(IN_MEMORY, { enableForeignKeyConstraints: false })
  defineChecksum(database)
  migrate(database, timeZone)
  return { database, log: undefined, close: () => database.close() }
}

function openFile(path: string, timeZone: string, log: StoreLog): OpenDatabase {
  const paths = storePaths(path)
  refuseUnsafeFiles(path, paths)
  if (sizeOf(paths.database) > 0) openOwn(paths.database).close()
  const lock = new WriterLock(paths)
  const database = orClose(lock, () => {
    lock.refuseLostLog()
    const damage = lock.refuseDamagedLog()
    lock.proveAlone()
    if (damage !== undefined) log.warn({ damage }, 'the store starts without what cannot be read of its log')
    makePrivateFile(paths.database)
    // Foreign keys are what `verify` checks: checking them at every posting would cost a fifth of the speed.
    return new DatabaseSync(paths.database, { enableForeignKeyConstraints: false, timeout: BUSY_TIMEOUT_MS })
  })
  const closeBoth = (): void => {
    database.close()
    lock.close()
  }
  return orClose({ close: closeBoth }, () => {
    prepareDatabase(database, timeZone)
    syncFolder(paths)
    const parts = { fault: new FatalFault(log), files: new WatchedFiles(paths), lock }
    const sync = new LogSync({ ...parts, paths, state: new LogState(database, paths.index, log) })
    const close = (): void => {
      const { isHealthy } = sync
      // What is missing of a log or database must not be copied: that there is another connection prevents it.
      const other = sync.isCutShort ? tryOpenOwn(paths.database) : undefined
      database.close()
      other?.close()
      // Closing copies the log back and removes it, if no reader is left that needs it.
      if (isHealthy && sizeOf(paths.log) === 0) lock.expectNoLog()
      lock.close()
      sync.close()
    }
    return { database, log: sync, close }
  })
}

function orClose<Result>(opened: { close(): void }, open: () => Result): Result {
  try {
    return open()
  } catch (error) {
    opened.close()
    throw error
  }
}

function prepareDatabase(database: DatabaseSync, timeZone: string): void {
  defineChecksum(database)
  // NORMAL syncs for checkpoints alone: what makes a commit durable is `LogSync`, which holds up no one else.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
  database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA cache_size = -${CACHE_KIB}`)
  database.exec(`PRAGMA journal_size_limit = ${LOG_LIMIT_BYTES}`)
  migrate(database, timeZone)
  // A write of nothing new, as the log is not there before the first one. From here on a lock must not hold up the thread.
  database.exec('BEGIN IMMEDIATE; COMMIT; PRAGMA busy_timeout = 0')
}

/** Begins a transaction that sees what the latest one of this process left. Throws `StoreUnavailable` when it cannot. */
export function beginAlone(begin: StatementSync, open: OpenDatabase): void {
  begin.run()
  if (open.log?.mayHaveOtherWriter !== true) return
  // Only from outside of a transaction can it be seen whether something was written or the log was just copied back.
  open.database.exec('ROLLBACK')
  open.log.assertOnlyWriter()
  beginAlone(begin, open)
}

/** SQLite would sync the names of new files with its own first sync of the log, which comes late here. */
function syncFolder({ database }: StorePaths): void {
  const folder = openSync(dirname(database), 'r')
  fsyncSync(folder)
  closeSync(folder)
}

/** Opens an existing file to read it, also while a writer works on it. Throws `StoreOpenError`. */
export function openForReading(path: string): DatabaseSync {
  return orExplain(path, () => {
    const database = openOwn(path)
    assertMigrated(database, path)
    defineChecksum(database)
    return database
  })
}

function openOwn(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
  assertOwnDatabase(database, path)
  return database
}

function tryOpenOwn(path: string): DatabaseSync | undefined {
  try {
    return openOwn(path)
  } catch {
    return undefined
  }
}

/** Throws `StoreOpenError`, with the reason, for whatever `open` throws. */
export function orExplain<Result>(path: string, open: () => Result): Result {
  try {
    return open()
  } catch (error) {
    if (error instanceof StoreOpenError) throw error
    throw new StoreOpenError(`cannot open the store ${path}: ${reasonOf(error)}`, { cause: error })
  }
}

/** What went wrong, in one line. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ')
}
