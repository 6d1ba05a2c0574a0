import { closeSync, fdatasync, openSync } from 'node:fs'
import { promisify } from 'node:util'
import { OutcomeUnknown, type StoreLog, StoreUnavailable } from '../../store.ts'
import type { StorePaths, WatchedFiles } from './files.ts'
import type { LogState } from './log-state.ts'
import type { WriterLock } from './writer-lock.ts'

const syncData = promisify(fdatasync)

/** Files that were there a moment ago need no check before a read is answered: an old file has the right data still. */
const RECENT_MS = 50

/** What a log is synced with. */
export interface LogSyncParts {
  readonly paths: StorePaths
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
  #isCutShort = false

  /** The log must be there already: it is from the first write of an open database to its close. */
  constructor(parts: LogSyncParts) {
    this.#parts = parts
    this.#descriptor = openSync(parts.paths.log, 'r+')
  }

  /** Throws `StoreUnavailable` once the store has met a fault. Nothing may be committed from then on. */
  throwIfFailed(): void {
    this.#checkFiles()
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

  /** Settles once all that was committed before the call, in this many commits, is on the disk. Rejects with `OutcomeUnknown`. */
  sync(commits = 1): Promise<void> {
    this.#underWay = this.#sync(commits)
    return this.#underWay
  }

  /** Settles with the latest `sync`. Rejects with `StoreUnavailable` when the store has met a fault. */
  async settled(): Promise<void> {
    // Its own caller gets its error; here the fault is thrown below.
    await this.#underWay.catch(() => undefined)
    if (performance.now() - this.#checkedAtMs > RECENT_MS) this.#checkFiles()
    this.#parts.fault.throwIfRaised()
  }

  /** Whether a file has lost a part of what is in it. */
  get isCutShort(): boolean {
    return this.#isCutShort
  }

  /** To be called when the database is closed: closing a file drops the locks of its process on it. */
  close(): void {
    closeSync(this.#descriptor)
    this.#parts.state.close()
  }

  async #sync(commits: number): Promise<void> {
    try {
      this.#parts.state.committed(commits)
      await syncData(this.#descriptor)
    } catch (cause) {
      // The system may have dropped what it could not write, so a second try that succeeds would prove nothing.
      this.#parts.fault.raise('the disk has failed; restart the service once it works again', cause)
      throw new OutcomeUnknown('the disk did not confirm what was written', { cause })
    }
    this.#checkFiles()
    if (this.#parts.fault.isRaised) throw new OutcomeUnknown('the files may not have what was written')
    if (this.#parts.state.pages > 0) this.#parts.lock.expectLog(this.#parts.files.database.modifiedMs)
  }

  #checkFiles(): void {
    const { files, state, fault } = this.#parts
    this.#checkedAtMs = performance.now()
    const lost = files.findLost()
    if (lost !== undefined) {
      fault.raise(
        `${lost.name} was removed or replaced while it was in use; stop the service with SIGTERM, put the file back and start it again`,
      )
    } else if (state.hasLostIndex(files)) {
      fault.raise(`${files.index.name} was cut short while it was in use; restart the service`)
    } else {
      const cut = state.findCutShort(files)
      if (cut === undefined) return
      this.#isCutShort = true
      fault.raise(`${cut} was cut short while it was in use; stop the service and restore a backup`)
    }
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
