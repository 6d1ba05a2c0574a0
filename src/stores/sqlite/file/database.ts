import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreOpenError } from '../../../ledger/store.ts'
import { LogSync } from './log-sync.ts'
import { migrate, refuseForeign, requireNewestShape } from './migrations.ts'

/** The path that keeps everything in memory. */
export const IN_MEMORY = ':memory:'

/** How long a statement waits for another connection's lock. Readers never hold one for long. */
const BUSY_TIMEOUT_MS = 5_000

/** Checkpoints copy the log back every so many pages of 4 KiB: rarer means less work, and a longer log to keep. */
const CHECKPOINT_PAGES = 1_000

/** What the writer keeps of the file in memory: enough for the blocks that many accounts' postings touch. */
const CACHE_KIB = 16_384

/** A database, open for its one writer. */
export interface OpenDatabase {
  readonly database: DatabaseSync
  /** What makes its commits durable; undefined where there is no disk. */
  readonly log: LogSync | undefined
  close(): void
}

/**
 * Opens or makes the file, brings it to the newest shape and keeps every other writer out. The bank's days are those of
 * `timeZone`. Throws `StoreOpenError` with one line that says what to do.
 */
export function openForWriting(path: string, timeZone: string): OpenDatabase {
  return path === IN_MEMORY ? openInMemory(timeZone) : orExplain(path, () => openFile(path, timeZone))
}

function openInMemory(timeZone: string): OpenDatabase {
  const database = new DatabaseSync(IN_MEMORY, { enableForeignKeyConstraints: false })
  migrate(database, timeZone)
  return { database, log: undefined, close: () => database.close() }
}

function openFile(path: string, timeZone: string): OpenDatabase {
  makeFolder(dirname(resolve(path)))
  // Foreign keys are what `verify` checks: checking them at every posting would cost a fifth of the speed.
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false, timeout: BUSY_TIMEOUT_MS })
  const open: { close(): void }[] = [database]
  const close = (): void => open.forEach((each) => each.close())
  try {
    refuseForeign(database, path)
    open.push(keepOtherWritersOut(path))
    // NORMAL syncs for checkpoints alone: what makes a commit durable is `LogSync`, which holds up no one else.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA cache_size = -${CACHE_KIB}`)
    migrate(database, timeZone)
    // A write of nothing new, as the log is not there before the first one.
    database.exec('BEGIN IMMEDIATE; COMMIT')
    const log = new LogSync(path)
    open.push(log)
    return { database, log, close }
  } catch (error) {
    close()
    throw error
  }
}

/** Opens an existing file to read it, also while a writer works on it. Throws `StoreOpenError`. */
export function openForReading(path: string): DatabaseSync {
  return orExplain(path, () => {
    const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
    refuseForeign(database, path)
    requireNewestShape(database, path)
    return database
  })
}

/**
 * The writer keeps state in memory that another writer would make wrong, so there is only one. The lock is a lock
 * of the operating system, held through a database beside the store: it goes with the process, however that ends.
 */
function keepOtherWritersOut(path: string): DatabaseSync {
  const lock = new DatabaseSync(`${realpathSync(path)}-lock`, { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    throw new StoreOpenError(
      `${path} is in use by another process; stop that one or give --store another path`,
      {
        cause: error,
      },
    )
  }
}

/** Makes the folder and those above it. Node's own recursive way never returns where the system denies a folder's existence. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path)
}

function orExplain<Result>(path: string, open: () => Result): Result {
  try {
    return open()
  } catch (error) {
    if (error instanceof StoreOpenError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new StoreOpenError(`cannot open the store ${path}: ${reason}`, { cause: error })
  }
}
