import type { StatementSync } from 'node:sqlite'
import { Books } from '../../ledger/books.ts'
import { accountsNamedBy, type Command, type Outcome } from '../../ledger/commands.ts'
import { decide, type Terms } from '../../ledger/decide.ts'
import { type KeyRecord, keyDigest } from '../../ledger/idempotency.ts'
import { type Account, isInHistory, type Posting } from '../../ledger/postings.ts'
import { type Store, StoreUnavailable } from '../../ledger/store.ts'
import { AccountTable } from './account-table.ts'
import { type OpenDatabase, openForWriting, prepare } from './database.ts'
import { KeyTable } from './key-table.ts'
import { PostingTable } from './posting-table.ts'
import { SqliteReader } from './reader.ts'

export interface SqliteStoreOptions {
  readonly terms: Terms
  /** Milliseconds since 1970, UTC. */
  readonly clock: () => number
}

/** The working set of a transaction, and what the engine alone knows of it. */
interface Batch {
  readonly books: Books
  /** By account id: the recent postings that the account was loaded with. */
  readonly recentPostings: ReadonlyMap<number, Buffer>
}

const NO_POSTINGS = Buffer.alloc(0)

/** The embedded engine: one file, one writer, one transaction and one fsync for each batch. */
export class SqliteStore implements Store {
  readonly #open: OpenDatabase
  readonly #options: SqliteStoreOptions
  readonly #accounts: AccountTable
  readonly #postings: PostingTable
  readonly #keys: KeyTable
  readonly #reader: SqliteReader
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  #cashDrawers: readonly Account[] = []
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
    this.#reader = new SqliteReader(database, this.#accounts, this.#postings)
    this.#begin = prepare(database, 'BEGIN IMMEDIATE')
    this.#commit = prepare(database, 'COMMIT')
    this.#readCounters()
  }

  async commit(commands: readonly Command[]): Promise<readonly Outcome[]> {
    try {
      const outcomes = this.#write(commands)
      await this.#open.log?.sync()
      return outcomes
    } catch (error) {
      this.#keys.rolledBack()
      if (this.#open.database.isTransaction) this.#open.database.exec('ROLLBACK')
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
    return this.#nextAccountId === this.#cashDrawers.length + 1
  }

  async close(): Promise<void> {
    this.#open.close()
  }

  /** What was just read may have been committed and still be on its way to the disk: nobody is told of it before. */
  async #onceDurable<Read>(read: Read): Promise<Read> {
    await this.#open.log?.settled()
    return read
  }

  #write(commands: readonly Command[]): readonly Outcome[] {
    this.#begin.run()
    const batch = this.#load(commands)
    const outcomes = commands.map((command) => decide(batch.books, command, this.#options.terms))
    this.#persist(batch)
    this.#commit.run()
    this.#committed(batch.books)
    return outcomes
  }

  #readCounters(): void {
    const latestPosting = this.#postings.latest()
    this.#nextPostingId = (latestPosting?.id ?? 0) + 1
    this.#latestMs = latestPosting?.atMs ?? 0
    this.#nextAccountId = this.#accounts.latestId() + 1
    this.#cashDrawers = this.#accounts.cashDrawers()
  }

  #load(commands: readonly Command[]): Batch {
    const accounts = new Map<string, Account>()
    const recentPostings = new Map<number, Buffer>()
    const keyRecords: KeyRecord[] = []
    for (const command of commands) {
      for (const number of accountsNamedBy(command)) {
        const loaded = accounts.has(number) ? undefined : this.#accounts.find(number)
        if (loaded === undefined) continue
        accounts.set(number, loaded.account)
        recentPostings.set(loaded.account.id, loaded.recentPostings)
      }
      if (command.idempotencyKey === undefined) continue
      const record = this.#keys.find(keyDigest(command.idempotencyKey))
      if (record !== undefined) keyRecords.push(record)
    }
    const books = new Books({
      accounts: [...accounts.values()],
      cashDrawers: this.#cashDrawers.map((drawer) => ({ ...drawer })),
      keyRecords,
      nextPostingId: this.#nextPostingId,
      nextAccountId: this.#nextAccountId,
      nowMs: Math.max(this.#options.clock(), this.#latestMs),
    })
    return { books, recentPostings }
  }

  #persist({ books, recentPostings }: Batch): void {
    for (const account of books.openedAccounts) this.#accounts.insert(account)
    const newPostingIds = new Map<number, number[]>()
    for (const posting of books.postings) {
      this.#postings.insert(posting)
      if (!isInHistory(posting)) continue
      append(newPostingIds, posting.debitAccountId, posting.id)
      append(newPostingIds, posting.creditAccountId, posting.id)
    }
    for (const account of books.changedAccounts) {
      const added = account.number === undefined ? undefined : newPostingIds.get(account.id)
      this.#accounts.update(account, recentPostings.get(account.id) ?? NO_POSTINGS, added ?? [])
    }
    for (const record of books.newKeyRecords) this.#keys.insert(record)
    this.#keys.prune(books.nowMs - this.#options.terms.idempotencyTtlMs)
  }

  /** What is kept in memory follows what is on the disk, never the other way. */
  #committed(books: Books): void {
    this.#nextPostingId += books.postings.length
    this.#nextAccountId += books.openedAccounts.length
    this.#latestMs = books.nowMs
    this.#cashDrawers = books.cashDrawers
    this.#keys.committed(books.nowMs)
  }
}

function append(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
