import { existsSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { StoreOpenError } from '../../store.ts'
import { makePrivateFile, sizeOf, type StorePaths } from './files.ts'
import { findDamage } from './log-check.ts'
import { pragma } from '../tables/statements.ts'
import { isBusy } from './write-faults.ts'

/** In the header of a lock file whose store was found to be open nowhere else: the letters `ATML`. */
const PROVEN = 0x41544d4c

/** How long a start waits for another connection, which may be a reader or another service. */
const PROOF_TIMEOUT_MS = 1_000

const MARK_RANGE = 0x7fff_ffffn

/**
 * The writer keeps state in memory that another writer would make wrong, so there is only one. The lock is a lock
 * of the operating system, held through a database beside the store: it goes with the process, however that ends.
 *
 * A lock file that was removed under its holder would let a second process in. So one that was just made counts only once
 * no other process is found to have the database itself open, which is a lock on the file and not on a name.
 */
export class WriterLock {
  readonly #paths: StorePaths
  readonly #database: DatabaseSync
  #mark: number
  /** Whether the lock file was not there: anyone who removes it accepts the loss of operations. */
  readonly isNew: boolean

  /** Throws `StoreOpenError` while another process has the store. */
  constructor(paths: StorePaths) {
    this.#paths = paths
    this.isNew = !existsSync(paths.lock)
    makePrivateFile(paths.lock)
    this.#database = new DatabaseSync(paths.lock, { timeout: 0 })
    try {
      // In this mode a lock that a transaction has taken stays until the close. What is written may be lost with the power.
      this.#database.exec(
        'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF',
      )
      this.#database.exec('BEGIN EXCLUSIVE; COMMIT')
      this.#mark = pragma(this.#database, 'user_version')
    } catch (error) {
      this.#database.close()
      if (isBusy(error)) throw inUseOr(error, paths)
      throw new StoreOpenError(
        `the lock file ${paths.lock} cannot be used: ${String(error)}; remove it if no service uses the store`,
        { cause: error },
      )
    }
  }

  /** Throws `StoreOpenError` where the log was lost, or the whole store, after the service had ended without closing it. */
  refuseLostLog(): void {
    const { database, log, lock } = this.#paths
    if (this.#mark === 0 || sizeOf(log) > 0) return
    if (sizeOf(database) > 0 && this.#mark !== markOf(database)) return
    const lost = sizeOf(database) > 0 ? log : database
    throw new StoreOpenError(
      `${lost} is missing or empty, and the latest operations with it; put it back or restore a backup, and remove ${lock} to open what is there`,
    )
  }

  /**
   * Throws `StoreOpenError` where the log is damaged: SQLite would drop what follows, and overwrite it. Answers what a
   * loss of power may have left of a commit that was not confirmed, or what was accepted by removing the lock file.
   */
  refuseDamagedLog(): string | undefined {
    const damage = findDamage(this.#paths.log)
    if (damage === undefined || damage.isTorn || this.isNew) return damage?.message
    throw new StoreOpenError(
      `${damage.message}; keep a copy of all files and restore a backup, or remove ${this.#paths.lock} to go on without these operations`,
    )
  }

  /** Throws `StoreOpenError` where another process may write to the database under a lock that was removed. */
  proveAlone(): void {
    if (pragma(this.#database, 'application_id') === PROVEN) return
    if (sizeOf(this.#paths.database) > 0) assertOpenNowhere(this.#paths)
    this.#database.exec(`PRAGMA application_id = ${PROVEN}`)
  }

  /**
   * Writes down that operations are in the log and not in the database, as that is now. Costs nothing while it has not
   * changed.
   */
  expectLog(databaseModifiedMs: bigint): void {
    const mark = markOfTime(databaseModifiedMs)
    if (mark === this.#mark) return
    this.#database.exec(
      `PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA user_version = ${mark}`,
    )
    this.#mark = mark
  }

  /** To be called when the database is closed and holds all there is. */
  expectNoLog(): void {
    if (this.#mark !== 0) this.#database.exec('PRAGMA user_version = 0')
  }

  close(): void {
    this.#database.close()
  }
}

/** A process that has a database in WAL mode open holds a shared lock on the file, under whatever name. */
function assertOpenNowhere(paths: StorePaths): void {
  const probe = new DatabaseSync(paths.database, { timeout: PROOF_TIMEOUT_MS })
  try {
    probe.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT')
  } catch (error) {
    throw inUseOr(error, paths)
  } finally {
    probe.close()
  }
}

function inUseOr(error: unknown, { database }: StorePaths): unknown {
  if (!isBusy(error)) return error
  return new StoreOpenError(
    `${database} is in use by another process; stop that one or give --store another path`,
    { cause: error },
  )
}

function markOf(database: string): number {
  return markOfTime(statSync(database, { bigint: true }).mtimeMs)
}

/** Never 0, which stands for none. */
function markOfTime(modifiedMs: bigint): number {
  return 1 + Number(modifiedMs % MARK_RANGE)
}
