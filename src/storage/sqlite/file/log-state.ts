import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { StoreLog } from '../../store.ts'
import { number } from '../../row-values.ts'
import { prepare } from '../tables/prepare.ts'

const PAGE_BYTES = 4_096

/** Each commit may make the log a checkpoint longer; one that is this long has not been copied back for many of them. */
const LONG_LOG_PAGES = 4_096

/** What the write-ahead log has in it, as SQLite knows it. */
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
