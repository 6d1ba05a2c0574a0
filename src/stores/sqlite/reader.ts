import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Account, Posting } from '../../ledger/postings.ts'
import type { AccountTable } from './account-table.ts'
import { prepare } from './database.ts'
import type { LiveAccounts } from './live-accounts.ts'
import type { PostingTable } from './posting-table.ts'

/** Where the books are read from. */
export interface ReadableBooks {
  readonly table: AccountTable
  readonly live: LiveAccounts
  readonly postings: PostingTable
}

/** Answers what is asked of the books, as of the latest commit. */
export class SqliteReader {
  readonly #books: ReadableBooks
  readonly #begin: StatementSync
  readonly #commit: StatementSync

  constructor(database: DatabaseSync, books: ReadableBooks) {
    this.#books = books
    this.#begin = prepare(database, 'BEGIN')
    this.#commit = prepare(database, 'COMMIT')
  }

  accounts(numbers: readonly string[]): readonly (Account | undefined)[] {
    return this.#inOneState(() => numbers.map((number) => this.#books.live.find(number)))
  }

  history(accountId: number, afterId: number, limit: number): readonly Posting[] {
    return this.#inOneState(() =>
      this.#postingIds(accountId, afterId, limit).flatMap((id) => this.#books.postings.find(id) ?? []),
    )
  }

  #postingIds(accountId: number, afterId: number, limit: number): readonly number[] {
    const listed = this.#books.table.postingIds(accountId, afterId, limit)
    if (listed.length === limit) return listed
    return [...listed, ...this.#books.live.unlisted(accountId, afterId)].slice(0, limit)
  }

  /** One transaction takes the lock of the file once instead of for each statement. */
  #inOneState<Result>(read: () => Result): Result {
    this.#begin.run()
    try {
      return read()
    } finally {
      this.#commit.run()
    }
  }
}
