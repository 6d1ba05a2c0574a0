import type { StatementSync } from 'node:sqlite'
import { BatchState } from '../../state-machine/batch-state.ts'
import type { Command } from '../../state-machine/commands.ts'
import { decide } from '../../state-machine/decide.ts'
import type { Outcome } from '../../state-machine/outcomes.ts'
import { OutcomeUnknown, type Store, type StoreLog } from '../store.ts'
import type { Terms } from '../../ledger/terms.ts'
import { beginAlone, type OpenDatabase, openForWriting } from './file/database.ts'
import { cannotWrite, LockWait, PROBE_COMMITS, writeNothingNew } from './file/write-faults.ts'
import { prepare } from './tables/statements.ts'
import { load } from './load-state.ts'
import { readState, type StoreState } from './state.ts'
import { SqliteReader } from './sqlite-reader.ts'

export interface SqliteStoreOptions {
  readonly terms: Terms
  /** Milliseconds since 1970, UTC. */
  readonly clock: () => number
  /** Nothing is reported where it is missing. */
  readonly log?: StoreLog | undefined
  /** After this many postings balances are written back to the accounts' rows; see `BalanceWriteBack`. */
  readonly writeBackEveryPostings?: number
}

/** More means more changes a page, and a longer start after a crash: with this many, half a second. */
const WRITE_BACK_EVERY_POSTINGS = 100_000

/** The embedded engine: one file, one writer, one transaction and one fsync for each batch. */
export class SqliteStore implements Store {
  readonly reads: SqliteReader
  readonly #open: OpenDatabase
  readonly #options: SqliteStoreOptions
  readonly #state: StoreState
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #lockWait = new LockWait()
  #nextPostingId: number
  #nextAccountId: number
  #nextHoldId: number
  #latestMs: number
  /** Once there is a customer, there always is. */
  #hasCustomers = false

  /** Opens or makes the file; `:memory:` forgets everything when closed. Throws `StoreOpenError`. */
  constructor(path: string, options: SqliteStoreOptions) {
    const { timeZone } = options.terms
    this.#open = openForWriting(path, timeZone, options.log)
    this.#options = options
    const { latestMs, ...state } = readState(this.#open, path, timeZone)
    const { accounts, postings, holds } = state
    this.#state = state
    this.#latestMs = latestMs
    this.#nextPostingId = (postings.latestUpTo(Number.MAX_SAFE_INTEGER)?.id ?? 0) + 1
    this.#nextAccountId = accounts.latestId() + 1
    this.#nextHoldId = holds.latestId() + 1
    this.reads = new SqliteReader(this.#open, state, () => this.#nowMs())
    this.#begin = prepare(this.#open.database, 'BEGIN IMMEDIATE')
    this.#commit = prepare(this.#open.database, 'COMMIT')
  }

  async commit(commands: readonly Command[]): Promise<readonly Outcome[]> {
    const wasEmpty = this.#isEmpty
    let outcomes: readonly Outcome[]
    try {
      outcomes = await this.#lockWait.whenFree(() => this.#write(commands))
    } catch (error) {
      throw cannotWrite(error)
    }
    try {
      await this.#open.log?.sync()
      // A bank whose log is lost must not look like one that has not opened yet.
      if (wasEmpty) this.#open.database.exec('PRAGMA wal_checkpoint')
    } catch (cause) {
      if (cause instanceof OutcomeUnknown) throw cause
      throw new OutcomeUnknown('the store could not finish what it has written', { cause })
    }
    return outcomes
  }

  async probe(): Promise<void> {
    const { database, log } = this.#open
    try {
      this.#options.clock()
      log?.throwIfFailed()
      log?.assertOnlyWriter()
      if (log !== undefined) await this.#lockWait.whenFree(() => writeNothingNew(database))
      await log?.sync(PROBE_COMMITS)
    } catch (error) {
      throw cannotWrite(error)
    }
  }

  async isEmpty(): Promise<boolean> {
    return this.#isEmpty
  }

  async latestMs(): Promise<number> {
    return this.#latestMs
  }

  async close(): Promise<void> {
    try {
      this.#writeBackAll()
    } catch {
      // It only spares the next start some work: what is not written back now is read then.
    }
    this.#open.close()
  }

  #writeBackAll(): void {
    this.#open.log?.throwIfFailed()
    this.#begin.run()
    this.#state.cache.writeBack.writeAll(this.#nextPostingId - 1)
    this.#commit.run()
  }

  get #isEmpty(): boolean {
    this.#hasCustomers ||= this.#state.accounts.hasCustomers()
    return !this.#hasCustomers
  }

  /** The ledger's time, which never runs backwards. */
  #nowMs(): number {
    return Math.max(this.#options.clock(), this.#latestMs)
  }

  #write(commands: readonly Command[]): readonly Outcome[] {
    try {
      this.#open.log?.throwIfFailed()
      beginAlone(this.#begin, this.#open)
      const batch = this.#load(commands)
      const outcomes = commands.map((command) => decide(batch, command, this.#options.terms))
      this.#persist(batch)
      this.#commit.run()
      this.#committed(batch)
      return outcomes
    } catch (error) {
      this.#state.keys.rolledBack()
      this.#state.cache.writeBack.rolledBack()
      if (this.#open.database.isTransaction) this.#open.database.exec('ROLLBACK')
      throw error
    }
  }

  #load(commands: readonly Command[]): BatchState {
    return new BatchState({
      ...load(commands, this.#state),
      cashDrawers: this.#state.cache.cashDrawers(),
      nextPostingId: this.#nextPostingId,
      nextAccountId: this.#nextAccountId,
      nextHoldId: this.#nextHoldId,
      nowMs: this.#nowMs(),
      timeZone: this.#options.terms.timeZone,
    })
  }

  #persist(batch: BatchState): void {
    const { accounts, postings, holds, keys, atm, cache } = this.#state
    for (const opened of batch.accounts.opened) accounts.insert(opened, batch.nowMs)
    for (const account of batch.accounts.withNewSettings) accounts.updateSettings(account)
    for (const posting of batch.postings.added) postings.insert(posting)
    for (const hold of batch.holds.changed.values()) {
      if (hold.id < this.#nextHoldId) holds.update(hold)
      else holds.insert(hold)
    }
    for (const record of batch.keys.saved) keys.insert(record)
    atm.persist(batch)
    keys.prune(batch.nowMs - this.#options.terms.idempotencyTtlMs)
    const everyPostings = this.#options.writeBackEveryPostings ?? WRITE_BACK_EVERY_POSTINGS
    cache.writeBack.writeSome(this.#nextPostingId - 1, batch.postings.added.length, everyPostings)
  }

  /** What is cached follows what is on the disk, never the other way. */
  #committed(batch: BatchState): void {
    this.#nextPostingId += batch.postings.added.length
    this.#nextAccountId += batch.accounts.opened.length
    for (const id of batch.holds.changed.keys()) this.#nextHoldId = Math.max(this.#nextHoldId, id + 1)
    this.#latestMs = batch.nowMs
    this.#state.keys.committed(batch.nowMs)
    this.#state.cache.writeBack.committed()
    this.#state.cache.committed(batch)
  }
}
