import { closeSync, ftruncateSync, openSync, readSync } from 'node:fs'
import { endianness } from 'node:os'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { number } from '../../row-values.ts'
import type { StoreLog } from '../../store.ts'
import { prepare } from '../tables/statements.ts'
import type { WatchedFiles } from './files.ts'

const HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24

/** Where the index has the number of commits so far, see https://sqlite.org/walformat.html#walidxfmt. */
const COMMITS_OFFSET = 8

/** Each commit may make the log a checkpoint longer; one that is this long has not been copied back for many of them. */
const LONG_LOG_PAGES = 4_096

/** What SQLite reports of its write-ahead log. */
export class LogState {
  readonly #database: DatabaseSync
  readonly #log: StoreLog
  readonly #state: StatementSync
  readonly #version: StatementSync
  readonly #pageCount: StatementSync
  readonly #index: number
  readonly #counter = Buffer.alloc(4)
  #knownVersion: number
  #commits: number
  readonly #pageBytes: number
  #databaseBytes = 0
  #indexBytes = 0
  #pages = 0
  #isLong = false

  constructor(database: DatabaseSync, index: string, log: StoreLog) {
    this.#database = database
    this.#log = log
    this.#index = openSync(index, 'r+')
    this.#pageCount = prepare(database, 'PRAGMA page_count')
    this.#state = prepare(database, 'PRAGMA wal_checkpoint(NOOP)')
    this.#version = prepare(database, 'PRAGMA data_version')
    this.#pageBytes = number(prepare(database, 'PRAGMA page_size').get() ?? {}, 'page_size')
    this.#knownVersion = this.#dataVersion()
    this.#commits = this.#commitsNow()
    this.committed(0)
  }

  /** To be called after this number of commits. Warns, once each time, when the log grows as it is not copied back. */
  committed(commits: number): void {
    // Not more than our own: another program may have committed since.
    const made = (this.#commitsNow() - this.#commits) >>> 0
    this.#commits = (this.#commits + Math.min(made, commits)) >>> 0
    this.#pages = this.#pagesNow()
    const isLong = this.#pages >= LONG_LOG_PAGES
    if (isLong && !this.#isLong) this.#warn()
    this.#isLong = isLong
  }

  /** How many pages were in the log after the latest commit. */
  get pages(): number {
    return this.#pages
  }

  /** The name of a file that is shorter than what SQLite has written to it. To be called outside of a transaction. */
  findCutShort({ database, log }: WatchedFiles): string | undefined {
    // Another program may have copied the log back and emptied it.
    if (log.size < this.#logBytes && log.size < this.#bytesOf(this.#pagesNow())) return log.name
    if (database.size < this.#databaseBytes && database.size < this.#pageBytes * this.#pageCountNow())
      return database.name
    this.#databaseBytes = database.size
    return undefined
  }

  /**
   * Whether the index of the log was cut short. SQLite would stumble over what is missing of it even while it closes, so
   * the index gets its size back: SQLite makes an empty one anew from the log.
   */
  hasLostIndex({ index }: WatchedFiles): boolean {
    const isLost = index.size < this.#indexBytes
    if (isLost) ftruncateSync(this.#index, this.#indexBytes)
    else this.#indexBytes = index.size
    return isLost
  }

  close(): void {
    closeSync(this.#index)
  }

  /** Whether another program has changed the log since this was last found out. Costs little within a transaction. */
  get hasChanged(): boolean {
    // In this order: what was counted before an unchanged version is ours.
    const commits = this.#commitsNow()
    if (this.#dataVersion() !== this.#knownVersion) return true
    this.#commits = commits
    return false
  }

  /**
   * Whether another program has committed something since our latest commit: one that only copies the log back has not.
   * To be called outside of a transaction.
   */
  hasForeignCommit(): boolean {
    if (!this.hasChanged) return false
    const version = this.#dataVersion()
    if (this.#commitsNow() !== this.#commits) return true
    this.#knownVersion = version
    return false
  }

  #warn(): void {
    const details = { logBytes: this.#logBytes, reason: this.#whyNotCopied() }
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

  get #logBytes(): number {
    return this.#bytesOf(this.#pages)
  }

  /** How long a log of this many pages is, at least. */
  #bytesOf(pages: number): number {
    return pages === 0 ? 0 : HEADER_BYTES + pages * (FRAME_HEADER_BYTES + this.#pageBytes)
  }

  #pagesNow(): number {
    return number(this.#state.get() ?? {}, 'log')
  }

  #pageCountNow(): number {
    return number(this.#pageCount.get() ?? {}, 'page_count')
  }

  #commitsNow(): number {
    readSync(this.#index, this.#counter, 0, 4, COMMITS_OFFSET)
    return endianness() === 'LE' ? this.#counter.readUInt32LE(0) : this.#counter.readUInt32BE(0)
  }

  #dataVersion(): number {
    return number(this.#version.get() ?? {}, 'data_version')
  }
}
