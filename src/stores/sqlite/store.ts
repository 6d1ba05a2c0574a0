import type { StatementSync } from 'node:sqlite'
import { Books } from '../../ledger/books.ts'
import { accountsNamedBy, type Command, type Outcome } from '../../ledger/commands.ts'
import { decide, type Terms } from '../../ledger/decide.ts'
import { type KeyRecord, keyDigest } from '../../ledger/idempotency.ts'
import type { Account, Posting } from '../../ledger/postings.ts'
import { type Store, StoreUnavailable } from '../../ledger/store.ts'
import { AccountTable } from './account-table.ts'
import { type OpenDatabase, openForWriting, prepare } from './database.ts'
import { Folding } from './folding.ts'
import { KeyTable } from './key-table.ts'
import { LiveAccounts } from './live-accounts.ts'
import { PostingTable } from './posting-table.ts'
import { SqliteReader } from './reader.ts'

export interface SqliteStoreOptions {
  readonly terms: Terms
  /** Milliseconds since 1970, UTC. */
  readonly clock: () => number
  /** Balances are folded into the accounts' rows after so many postings; see `Folding`. */
  readonly foldEveryPostings?: number
}

/** More means that a page takes more changes at once, and that a start after a crash takes longer: half a second. */
const FOLD_EVERY_POSTINGS = 100_000

/** The embedded engine: one file, one writer, one transaction and one fsync for each batch. */
export class SqliteStore implements Store {
  readonly #open: OpenDatabase
  readonly #options: SqliteStoreOptions
  readonly #accounts: AccountTable
  readonly #postings: PostingTable
  readonly #live: LiveAccounts
  readonly #folding: Folding
  readonly #keys: KeyTable
  readonly #reader: SqliteReader
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  #nextPostingId = 1
  #nextAccountId = 1
  #latestMs = 0

  /** Opens or makes the file; `:memory:` forgets everything when closed. Throws `StoreOpenError`. */
  constructor(path: string, options: SqliteStoreOptions) {
    this.#open = openForWriting(path)
    this.#options = options
    const { database } = this.#open
    this.#accounts = new AccountTable(database)
    this.#postings = new PostingTable(database)
    this.#keys = new KeyTable(database, this.#postings)
    const { foldEveryPostings = FOLD_EVERY_POSTINGS } = options
    this.#live = new LiveAccounts(this.#accounts, this.#postings)
    this.#folding = new Folding(this.#accounts, this.#live, foldEveryPostings)
    this.#reader = new SqliteReader(database, {
      table: this.#accounts,
      live: this.#live,
      postings: this.#postings,
    })
    this.#begin = prepare(database, 'BEGIN IMMEDIATE')
    this.#commit = prepare(database, 'COMMIT')
    this.#readCounters()
  }

  async commit(commands: readonly Command[]): Promise<readonly Outcome[]> {
    try {
      this.#open.log?.assertSound()
      const outcomes = this.#write(commands)
      await this.#open.log?.sync()
      return outcomes
    } catch (error) {
      this.#keys.rolledBack()
      this.#folding.rolledBack()
      if (this.#open.database.isTransaction) this.#open.database.exec('ROLLBACK')
      if (error instanceof StoreUnavailable) throw error
      throw new StoreUnavailable('the store could not write', { cause: error })
    }
  }

  async accounts(numbers: readonly string[]): Promise<readonly (Account | undefined)[]> {
    return this.#onceDurable(this.#reader.accounts(numbers))
  }

  async history(accountId: number, afterId: number, limit: number): Promise<readonly Posting[]> {
    return this.#onceDurable(this.#reader.history(accountId, afterId, limit))
  }

  async isEmpty(): Promise<boolean> {
    return this.#nextAccountId === this.#live.cashDrawers().length + 1
  }

  async close(): Promise<void> {
    try {
      this.#foldAll()
    } catch {
      // It only spares the next start some work: what is not folded now is followed again then.
    }
    this.#open.close()
  }

  #foldAll(): void {
    this.#open.log?.assertSound()
    this.#begin.run()
    this.#folding.foldAll(this.#nextPostingId - 1)
    this.#commit.run()
  }

  /** What was just read may have been committed and still be on its way to the disk: nobody is told of it before. */
  async #onceDurable<Read>(read: Read): Promise<Read> {
    await this.#open.log?.settled()
    return read
  }

  #write(commands: readonly Command[]): readonly Outcome[] {
    this.#begin.run()
    const books = this.#load(commands)
    const outcomes = commands.map((command) => decide(books, command, this.#options.terms))
    this.#persist(books)
    this.#commit.run()
    this.#committed(books)
    return outcomes
  }

  #readCounters(): void {
    const latestPosting = this.#postings.latest()
    this.#nextPostingId = (latestPosting?.id ?? 0) + 1
    this.#latestMs = latestPosting?.atMs ?? 0
    this.#nextAccountId = this.#accounts.latestId() + 1
  }

  #load(commands: readonly Command[]): Books {
    const accounts = new Map<string, Account>()
    const keyRecords: KeyRecord[] = []
    for (const command of commands) {
      for (const number of accountsNamedBy(command)) {
        const account = accounts.has(number) ? undefined : this.#live.find(number)
        if (account !== undefined) accounts.set(number, account)
      }
      if (command.idempotencyKey === undefined) continue
      const record = this.#keys.find(keyDigest(command.idempotencyKey))
      if (record !== undefined) keyRecords.push(record)
    }
    return new Books({
      accounts: [...accounts.values()],
      cashDrawers: this.#live.cashDrawers(),
      keyRecords,
      nextPostingId: this.#nextPostingId,
      nextAccountId: this.#nextAccountId,
      nowMs: Math.max(this.#options.clock(), this.#latestMs),
    })
  }

  #persist(books: Books): void {
    for (const account of books.openedAccounts) this.#accounts.insert(account)
    for (const posting of books.postings) this.#postings.insert(posting)
    for (const record of books.newKeyRecords) this.#keys.insert(record)
    this.#keys.prune(books.nowMs - this.#options.terms.idempotencyTtlMs)
    this.#folding.foldSome(this.#nextPostingId - 1, books.postings.length)
  }

  /** What is kept in memory follows what is on the disk, never the other way. */
  #committed(books: Books): void {
    this.#nextPostingId += books.postings.length
    this.#nextAccountId += books.openedAccounts.length
    this.#latestMs = books.nowMs
    this.#keys.committed(books.nowMs)
    this.#folding.committed()
    for (const account of books.openedAccounts) this.#live.opened(account)
    for (const posting of books.postings) this.#live.posted(posting)
  }
}
