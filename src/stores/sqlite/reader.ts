import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Account, Posting } from '../../ledger/postings.ts'
import type { AccountTable } from './account-table.ts'
import { prepare } from './database.ts'
import type { PostingTable } from './posting-table.ts'

/** Answers what is asked of the books, as of the latest commit. */
export class SqliteReader {
  readonly #accounts: AccountTable
  readonly #postings: PostingTable
  readonly #begin: StatementSync
  readonly #commit: StatementSync

  constructor(database: DatabaseSync, accounts: AccountTable, postings: PostingTable) {
    this.#accounts = accounts
    this.#postings = postings
    this.#begin = prepare(database, 'BEGIN')
    this.#commit = prepare(database, 'COMMIT')
  }

  accounts(numbers: readonly string[]): readonly (Account | undefined)[] {
    return this.#inOneState(() => numbers.map((number) => this.#accounts.findBalance(number)))
  }

  history(accountId: number, afterId: number, limit: number): readonly Posting[] {
    return this.#inOneState(() =>
      this.#accounts.postingIds(accountId, afterId, limit).flatMap((id) => this.#postings.find(id) ?? []),
    )
  }

  /** One transaction: the statements see one state of the file, and take its lock once instead of each. */
  #inOneState<Result>(read: () => Result): Result {
    this.#begin.run()
    try {
      return read()
    } finally {
      this.#commit.run()
    }
  }
}
