import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { AccountBalance, StoredDetails } from '../../ledger/accounts.ts'
import type { StoredHold } from '../../ledger/holds.ts'
import type { Posting, ReversiblePosting } from '../../ledger/postings.ts'
import type { AccountLabel, AccountTable } from './tables/account-table.ts'
import { prepare } from './tables/prepare.ts'
import type { HoldTable } from './tables/hold-table.ts'
import type { AccountCache } from './cache/account-cache.ts'
import type { PostingTable } from './tables/posting-table.ts'

/** Where the books are read from. */
export interface ReadableBooks {
  readonly table: AccountTable
  readonly live: AccountCache
  readonly postings: PostingTable
  readonly holds: HoldTable
  /** The ledger's time. */
  readonly nowMs: () => number
}

/** Answers what is asked of the books, as of the latest commit. See `StoreReads`. */
export class SqliteReader {
  readonly #books: ReadableBooks
  readonly #begin: StatementSync
  readonly #commit: StatementSync

  constructor(database: DatabaseSync, books: ReadableBooks) {
    this.#books = books
    this.#begin = prepare(database, 'BEGIN')
    this.#commit = prepare(database, 'COMMIT')
  }

  accounts(numbers: readonly string[]): readonly (AccountBalance | undefined)[] {
    return this.#inOneState(({ live }) => numbers.map((number) => live.findBalance(number)))
  }

  details(number: string): StoredDetails | undefined {
    return this.#inOneState(({ table }) => {
      const label = table.label(number)
      return label && this.#detailsOf(label)
    })
  }

  detailsAfter(afterId: number, limit: number): readonly StoredDetails[] {
    return this.#inOneState(({ table }) =>
      table.labelsAfter(afterId, limit).flatMap((label) => this.#detailsOf(label) ?? []),
    )
  }

  accountNumbers(ids: readonly number[]): ReadonlyMap<number, string> {
    return this.#inOneState(({ table }) => {
      const numbers = new Map<number, string>()
      for (const id of new Set(ids)) {
        const number = table.numberOf(id)
        if (number !== undefined) numbers.set(id, number)
      }
      return numbers
    })
  }

  hold(id: number): StoredHold | undefined {
    return this.#inOneState(({ holds, nowMs }) => {
      const hold = holds.find(id)
      return hold && { hold, asOfMs: nowMs() }
    })
  }

  posting(id: number): ReversiblePosting | undefined {
    return this.#inOneState(({ postings }) => postings.reversible(id))
  }

  history(accountId: number, afterId: number, limit: number): readonly Posting[] {
    return this.#inOneState(({ postings }) =>
      this.#postingIds(accountId, afterId, limit).flatMap((id) => postings.find(id) ?? []),
    )
  }

  latestPostingAt(accountId: number, atMs: number): Posting | undefined {
    return this.#inOneState(({ table, live, postings }) => {
      const latestId = postings.latestIdAt(atMs)
      const id = live.latestUnflushedUpTo(accountId, latestId) ?? table.lists.latestUpTo(accountId, latestId)
      return id === undefined ? undefined : postings.find(id)
    })
  }

  #detailsOf({ number, name, openedAtMs }: AccountLabel): StoredDetails | undefined {
    const account = number === undefined ? undefined : this.#books.live.find(number)
    return account && { account, name, openedAtMs, asOfMs: this.#books.nowMs() }
  }

  #postingIds(accountId: number, afterId: number, limit: number): readonly number[] {
    const listed = this.#books.table.lists.after(accountId, afterId, limit)
    if (listed.length === limit) return listed
    return [...listed, ...this.#books.live.unflushed(accountId, afterId)].slice(0, limit)
  }

  /** One transaction takes the lock of the file once instead of for each statement. */
  #inOneState<Result>(read: (books: ReadableBooks) => Result): Result {
    this.#begin.run()
    try {
      return read(this.#books)
    } finally {
      this.#commit.run()
    }
  }
}
