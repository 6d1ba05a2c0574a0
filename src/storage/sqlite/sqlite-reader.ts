import type { StatementSync } from 'node:sqlite'
import type { AccountBalance, StoredDetails } from '../../ledger/accounts.ts'
import type { StoredHold } from '../../ledger/holds.ts'
import type { Posting, ReversiblePosting } from '../../ledger/postings.ts'
import type { StoreReads } from '../store.ts'
import type { OpenDatabase } from './file/database.ts'
import { AtmReader } from './atm/atm-reader.ts'
import type { LogSync } from './file/log-sync.ts'
import { asUnavailable } from './file/write-faults.ts'
import type { StoreState } from './state.ts'
import type { AccountLabel } from './tables/account-table.ts'
import { prepare } from './tables/statements.ts'

/** Reads the books as of the latest commit. */
export class SqliteReader implements StoreReads {
  readonly atm: AtmReader
  readonly #log: LogSync | undefined
  readonly #state: StoreState
  /** The ledger's time. */
  readonly #nowMs: () => number
  readonly #begin: StatementSync
  readonly #commit: StatementSync

  constructor({ database, log }: OpenDatabase, state: StoreState, nowMs: () => number) {
    this.#log = log
    this.#state = state
    this.#nowMs = nowMs
    this.#begin = prepare(database, 'BEGIN')
    this.#commit = prepare(database, 'COMMIT')
    this.atm = new AtmReader(state.atm, nowMs, (read) => this.#read(read))
  }

  accounts(numbers: readonly string[]): Promise<readonly (AccountBalance | undefined)[]> {
    return this.#read(({ cache }) => numbers.map((number) => cache.findBalance(number)))
  }

  details(number: string): Promise<StoredDetails | undefined> {
    return this.#read(({ accounts }) => {
      const label = accounts.label(number)
      return label && this.#detailsOf(label)
    })
  }

  detailsAfter(afterId: number, limit: number): Promise<readonly StoredDetails[]> {
    return this.#read(({ accounts }) =>
      accounts.labelsAfter(afterId, limit).flatMap((label) => this.#detailsOf(label) ?? []),
    )
  }

  accountNumbers(ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
    return this.#read(({ accounts }) => {
      const numbers = new Map<number, string>()
      for (const id of new Set(ids)) {
        const number = accounts.numberOf(id)
        if (number !== undefined) numbers.set(id, number)
      }
      return numbers
    })
  }

  hold(id: number): Promise<StoredHold | undefined> {
    return this.#read(({ holds }) => {
      const hold = holds.find(id)
      return hold && { hold, asOfMs: this.#nowMs() }
    })
  }

  posting(id: number): Promise<ReversiblePosting | undefined> {
    return this.#read(({ postings }) => postings.reversible(id))
  }

  history(accountId: number, afterId: number, limit: number): Promise<readonly Posting[]> {
    return this.#read(({ postings }) =>
      this.#postingIds(accountId, afterId, limit).flatMap((id) => postings.find(id) ?? []),
    )
  }

  latestPostingAt(accountId: number, atMs: number): Promise<Posting | undefined> {
    return this.#read(({ accounts, cache, postings }) => {
      const latestId = postings.latestIdAt(atMs)
      const id =
        cache.writeBack.latestUnflushedUpTo(accountId, latestId) ??
        accounts.lists.latestUpTo(accountId, latestId)
      return id === undefined ? undefined : postings.find(id)
    })
  }

  #detailsOf({ number, name, openedAtMs }: AccountLabel): StoredDetails | undefined {
    const account = number === undefined ? undefined : this.#state.cache.find(number)
    return account && { account, name, openedAtMs, asOfMs: this.#nowMs() }
  }

  #postingIds(accountId: number, afterId: number, limit: number): readonly number[] {
    const listed = this.#state.accounts.lists.after(accountId, afterId, limit)
    if (listed.length === limit) return listed
    return [...listed, ...this.#state.cache.writeBack.unflushed(accountId, afterId)].slice(0, limit)
  }

  /** What was just read may have been committed and still be on its way to the disk: nobody is answered before. */
  async #read<Result>(read: (state: StoreState) => Result): Promise<Result> {
    try {
      this.#log?.assertOnlyWriter()
      const result = this.#inOneState(read)
      await this.#log?.settled()
      return result
    } catch (error) {
      throw asUnavailable(error, 'the store could not read')
    }
  }

  /** One transaction takes the lock of the file once instead of for each statement. */
  #inOneState<Result>(read: (state: StoreState) => Result): Result {
    this.#begin.run()
    try {
      return read(this.#state)
    } finally {
      this.#commit.run()
    }
  }
}
