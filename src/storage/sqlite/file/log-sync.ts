import { closeSync, fdatasync, openSync } from 'node:fs'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { OutcomeUnknown, type StoreLog, StoreUnavailable } from '../../store.ts'
import { number } from '../../row-values.ts'
import { prepare } from '../tables/statements.ts'
import type { WatchedFiles } from './files.ts'
import type { WriterLock } from './writer-lock.ts'

const syncData = promisify(fdatasync)

/** Files that were there a moment ago need no check before a batch: they are checked again before it is answered. */
const RECENT_MS = 50

/** What a log is synced with. */
export interface LogSyncParts {
  readonly path: string
  readonly fault: FatalFault
  readonly files: WatchedFiles
  readonly state: LogState
  readonly lock: WriterLock
}

/**
 * Puts what SQLite has committed on the disk, on another thread than the one that serves requests. SQLite itself would
 * wait for the disk inside COMMIT, and the whole service with it.
 *
 * SQLite appends each commit to its write-ahead log in the order of the commits, with a checksum over all before it, so
 * after a power cut there is a first part of the commits and never a later one alone. A sync of the log therefore makes
 * every commit so far durable, which is just what `PRAGMA synchronous = FULL` does and when it does it.
 *
 * That holds for the files that a start would find: what is in a file that was removed is not durable, so none is
 * answered for.
 */
export class LogSync {
  readonly #parts: LogSyncParts
  readonly #descriptor: number
  #underWay: Promise<void> = Promise.resolve()
  #checkedAtMs = 0

  /** The log must be there already: it is from the first write of an open database to its close. */
  constructor(parts: LogSyncParts) {
    this.#parts = parts
    this.#descriptor = openSync(parts.path, 'r+')
  }

  /** Throws `StoreUnavailable` once the store has met a fault. Nothing may be committed from then on. */
  throwIfFailed(): void {
    if (performance.now() - this.#checkedAtMs > RECENT_MS) this.#checkFiles()
    this.#parts.fault.throwIfRaised()
  }

  /** Whether no fault has been met, and all files are where they were. */
  get isHealthy(): boolean {
    this.#checkFiles()
    return !this.#parts.fault.isRaised
  }

  /** Whether another program may have written to the database: `assertOnlyWriter` finds out, outside of a transaction. */
  get mayHaveOtherWriter(): boolean {
    return this.#parts.state.hasChanged
  }

  /** Throws `StoreUnavailable` when another program has written to the database: what is cached of it is wrong then. */
  assertOnlyWriter(): void {
    if (this.#parts.state.hasForeignCommit())
      this.#parts.fault.raise(
        'another program has written to the store; run verify, then restart the service',
      )
    this.#parts.fault.throwIfRaised()
  }

  /** Settles once all that was committed before the call is on the disk. Rejects with `OutcomeUnknown`. */
  sync(): Promise<void> {
    this.#parts.state.committed()
    this.#underWay = this.#sync()
    return this.#underWay
  }

  /** Settles with the latest `sync`. Rejects with `StoreUnavailable` when the store has met a fault. */
  async settled(): Promise<void> {
    // Its own caller gets its error; here the fault is thrown below.
    await this.#underWay.catch(() => undefined)
    this.#checkFiles()
    this.#parts.fault.throwIfRaised()
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  async #sync(): Promise<void> {
    try {
      await syncData(this.#descriptor)
    } catch (cause) {
      // The system may have dropped what it could not write, so a second try that succeeds would prove nothing.
      this.#parts.fault.raise('the disk has failed; restart the service once it works again', cause)
      throw new OutcomeUnknown('the disk did not confirm what was written', { cause })
    }
    this.#checkFiles()
    if (this.#parts.fault.isRaised) throw new OutcomeUnknown('the files may not have what was written')
    if (!this.#parts.state.isEmpty) this.#parts.lock.expectLog(this.#parts.files.databaseModifiedMs)
  }

  #checkFiles(): void {
    this.#checkedAtMs = performance.now()
    const loss = this.#parts.files.findLoss()
    if (loss !== undefined)
      this.#parts.fault.raise(`${loss}; stop the service with SIGTERM, put the file back and start it again`)
  }
}

const PAGE_BYTES = 4_096

/** Each commit may make the log a checkpoint longer; one that is this long has not been copied back for many of them. */
const LONG_LOG_PAGES = 4_096

/** What SQLite reports of its write-ahead log. */
export class LogState {
  readonly #database: DatabaseSync
  readonly #log: StoreLog
  readonly #state: StatementSync
  readonly #version: StatementSync
  #knownVersion: number
  #pages = 0
  #isLong = false

  constructor(database: DatabaseSync, log: StoreLog) {
    this.#database = database
    this.#log = log
    this.#state = prepare(database, 'PRAGMA wal_checkpoint(NOOP)')
    this.#version = prepare(database, 'PRAGMA data_version')
    this.#knownVersion = this.#dataVersion()
    this.committed()
  }

  /** To be called after each commit. Warns, once each time, when the log grows as it is not copied back. */
  committed(): void {
    this.#pages = this.#pagesNow()
    const isLong = this.#pages >= LONG_LOG_PAGES
    if (isLong && !this.#isLong) this.#warn()
    this.#isLong = isLong
  }

  /** Whether nothing was in the log after the latest commit. */
  get isEmpty(): boolean {
    return this.#pages === 0
  }

  /** Whether another program has changed the log since this was last found out. Costs little within a transaction. */
  get hasChanged(): boolean {
    return this.#dataVersion() !== this.#knownVersion
  }

  /**
   * Whether another program has committed something since our latest commit: one that only copies the log back, and so
   * empties it, has not. To be called outside of a transaction.
   */
  hasForeignCommit(): boolean {
    const version = this.#dataVersion()
    if (version === this.#knownVersion) return false
    const pages = this.#pagesNow()
    if (pages !== 0 && pages !== this.#pages) return true
    this.#knownVersion = version
    return false
  }

  #warn(): void {
    const details = { logBytes: this.#pages * PAGE_BYTES, reason: this.#whyNotCopied() }
    this.#log.warn(details, 'the log of the store grows, as it cannot be copied back to the database')
  }

  #whyNotCopied(): string {
    try {
      this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)')
      return 'another process has been reading an older state for long'
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  #pagesNow(): number {
    return number(this.#state.get() ?? {}, 'log')
  }

  #dataVersion(): number {
    return number(this.#version.get() ?? {}, 'data_version')
  }
}

/** The fault that only opening the store again can mend. From then on it neither writes nor reads. */
export class FatalFault {
  readonly #log: StoreLog
  #error: StoreUnavailable | undefined

  constructor(log: StoreLog) {
    this.#log = log
  }

  /** The first fault is logged and stays the reason. Answers that reason. */
  raise(message: string, cause?: unknown): StoreUnavailable {
    if (this.#error === undefined) {
      this.#error = new StoreUnavailable(message, { cause })
      this.#log.fatal({ err: this.#error }, `the store takes no more requests: ${message}`)
    }
    return this.#error
  }

  /** Throws the reason, if there is one. */
  throwIfRaised(): void {
    if (this.#error !== undefined) throw this.#error
  }

  get isRaised(): boolean {
    return this.#error !== undefined
  }
}
