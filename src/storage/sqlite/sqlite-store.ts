import type { StatementSync } from 'node:sqlite'
import { CASH_DRAWERS } from '../../ledger/cash-drawers.ts'
import { BatchState } from '../../ledger/batch/batch-state.ts'
import type { Command } from '../../ledger/commands/registry.ts'
import { decide } from '../../ledger/decide.ts'
import type { Outcome } from '../../ledger/outcomes.ts'
import type { Store, StoreLog } from '../store.ts'
import type { Terms } from '../../ledger/terms.ts'
import type { AccountTable } from './tables/account-table.ts'
import { type OpenDatabase, openForWriting } from './file/database.ts'
import { beginAlone, LockWait } from './file/lock-wait.ts'
import { cannotWrite, writeNothingNew } from './file/writability.ts'
import { prepare } from './tables/prepare.ts'
import { BalanceWriteBack } from './cache/balance-write-back.ts'
import type { HoldTable } from './tables/hold-table.ts'
import type { KeyTable } from './tables/key-table.ts'
import type { AccountCache } from './cache/account-cache.ts'
import { load } from './load-state.ts'
import { readBooks } from './opening.ts'
import type { PostingTable } from './tables/posting-table.ts'
import { SqliteReader } from './sqlite-reader.ts'

export interface SqliteStoreOptions {
  readonly terms: Terms
  /** Milliseconds since 1970, UTC. */
  readonly clock: () => number
  /** Nothing is reported where it is missing. */
  readonly log?: StoreLog | undefined
  /** Balances are folded into the accounts' rows after so many postings; see `BalanceWriteBack`. */
  readonly writeBackEveryPostings?: number
}

/** More means that a page takes more changes at once, and that a start after a crash takes longer: half a second. */
const WRITE_BACK_EVERY_POSTINGS = 100_000

/** The embedded engine: one file, one writer, one transaction and one fsync for each batch. */
export class SqliteStore implements Store {
  readonly reads: SqliteReader
  readonly #open: OpenDatabase
  readonly #options: SqliteStoreOptions
  readonly #accounts: AccountTable
  readonly #postings: PostingTable
  readonly #holds: HoldTable
  readonly #keys: KeyTable
  readonly #live: AccountCache
  readonly #folding: BalanceWriteBack
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #lockWait = new LockWait()
  #nextPostingId: number
  #nextAccountId: number
  #nextHoldId: number
  #latestMs: number

  /** Opens or makes the file; `:memory:` forgets everything when closed. Throws `StoreOpenError`. */
  constructor(path: string, options: SqliteStoreOptions) {
    const { timeZone } = options.terms
    this.#open = openForWriting(path, timeZone, options.log)
    this.#options = options
    const { database } = this.#open
    const { table, postings, holds, live, keys, latestMs } = readBooks(this.#open, path, timeZone)
    this.#nextPostingId = (postings.latestUpTo(Number.MAX_SAFE_INTEGER)?.id ?? 0) + 1
    this.#latestMs = latestMs
    this.#nextAccountId = table.latestId() + 1
    this.#nextHoldId = holds.latestId() + 1
    this.#accounts = table
    this.#postings = postings
    this.#holds = holds
    this.#live = live
    this.#keys = keys
    this.#folding = new BalanceWriteBack(
      table,
      live,
      options.writeBackEveryPostings ?? WRITE_BACK_EVERY_POSTINGS,
    )
    const nowMs = (): number => this.#nowMs()
    this.reads = new SqliteReader(this.#open, { table, live, postings, holds, nowMs })
    this.#begin = prepare(database, 'BEGIN IMMEDIATE')
    this.#commit = prepare(database, 'COMMIT')
  }

  async commit(commands: readonly Command[]): Promise<readonly Outcome[]> {
    try {
      const wasEmpty = this.#isEmpty
      const outcomes = await this.#lockWait.whenFree(() => this.#write(commands))
      await this.#open.log?.sync()
      // A bank whose log is lost must not look like one that has not opened yet.
      if (wasEmpty) this.#open.database.exec('PRAGMA wal_checkpoint')
      return outcomes
    } catch (error) {
      throw cannotWrite(error)
    }
  }

  async probe(): Promise<void> {
    const { database, log } = this.#open
    try {
      this.#options.clock()
      log?.throwIfFailed()
      log?.assertOnlyWriter()
      if (log !== undefined) await this.#lockWait.whenFree(() => writeNothingNew(database))
      await log?.sync()
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
      // It only spares the next start some work: what is not folded now is followed again then.
    }
    this.#open.close()
  }

  #writeBackAll(): void {
    this.#open.log?.throwIfFailed()
    this.#begin.run()
    this.#folding.writeBackAll(this.#nextPostingId - 1)
    this.#commit.run()
  }

  get #isEmpty(): boolean {
    return this.#nextAccountId === CASH_DRAWERS.length + 1
  }

  /** The ledger's time, which never runs backwards. */
  #nowMs(): number {
    return Math.max(this.#options.clock(), this.#latestMs)
  }

  #write(commands: readonly Command[]): readonly Outcome[] {
    try {
      this.#open.log?.throwIfFailed()
      beginAlone(this.#begin, this.#open)
      const books = this.#load(commands)
      const outcomes = commands.map((command) => decide(books, command, this.#options.terms))
      this.#persist(books)
      this.#commit.run()
      this.#committed(books)
      return outcomes
    } catch (error) {
      this.#keys.rolledBack()
      this.#folding.rolledBack()
      if (this.#open.database.isTransaction) this.#open.database.exec('ROLLBACK')
      throw error
    }
  }

  #load(commands: readonly Command[]): BatchState {
    const sources = {
      table: this.#accounts,
      live: this.#live,
      postings: this.#postings,
      holds: this.#holds,
      keys: this.#keys,
    }
    return new BatchState({
      ...load(commands, sources),
      cashDrawers: this.#live.cashDrawers(),
      nextPostingId: this.#nextPostingId,
      nextAccountId: this.#nextAccountId,
      nextHoldId: this.#nextHoldId,
      nowMs: this.#nowMs(),
      timeZone: this.#options.terms.timeZone,
    })
  }

  #persist(books: BatchState): void {
    for (const opened of books.accounts.opened) this.#accounts.insert(opened, books.nowMs)
    for (const account of books.accounts.withNewSettings) this.#accounts.alter(account)
    for (const posting of books.postings.added) this.#postings.insert(posting)
    for (const hold of books.holds.changed.values()) {
      if (hold.id < this.#nextHoldId) this.#holds.update(hold)
      else this.#holds.insert(hold)
    }
    for (const record of books.keys.saved) this.#keys.insert(record)
    this.#keys.prune(books.nowMs - this.#options.terms.idempotencyTtlMs)
    this.#folding.writeBackSome(this.#nextPostingId - 1, books.postings.added.length)
  }

  /** What is kept in memory follows what is on the disk, never the other way. */
  #committed(books: BatchState): void {
    this.#nextPostingId += books.postings.added.length
    this.#nextAccountId += books.accounts.opened.length
    for (const id of books.holds.changed.keys()) this.#nextHoldId = Math.max(this.#nextHoldId, id + 1)
    this.#latestMs = books.nowMs
    this.#keys.committed(books.nowMs)
    this.#folding.committed()
    this.#live.committed(books)
  }
}
