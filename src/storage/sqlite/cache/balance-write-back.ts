import type { AccountTable } from '../tables/account-table.ts'
import type { AccountCache } from './account-cache.ts'

/** During a sweep each commit writes at least this many accounts back, so that it ends even when little is posted. */
const MIN_ACCOUNTS_A_COMMIT = 64

/** One pass over the accounts that were dirty when it began, in the order of their rows. */
interface Sweep {
  readonly upToPostingId: number
  readonly accountIds: readonly number[]
  /** How many of them have been written back and committed. */
  done: number
}

/**
 * Writes balances and histories to the accounts' rows some time after their postings.
 *
 * A commit writes its postings, from which all else follows: they are appended, so a thousand of them change a dozen
 * pages. Writing each account's row with them would change a page for nearly every posting. Instead the rows are swept
 * now and then, a few with each commit and in the order of the file, so that one page takes many changes. After a crash
 * the postings since the last whole sweep are read again.
 */
export class BalanceWriteBack {
  readonly #table: AccountTable
  readonly #cache: AccountCache
  readonly #everyPostings: number
  #writtenBackUpTo: number
  #sweep: Sweep | undefined
  /** What the transaction under way has written back. */
  #slice: readonly number[] = []

  /** A sweep begins after `everyPostings`, so a start reads little more than twice as many. */
  constructor(table: AccountTable, cache: AccountCache, everyPostings: number) {
    this.#table = table
    this.#cache = cache
    this.#everyPostings = everyPostings
    this.#writtenBackUpTo = table.writtenBackUpTo()
  }

  /** Writes a few accounts back within the transaction of a batch that adds `newPostings` after `latestPostingId`. */
  writeSome(latestPostingId: number, newPostings: number): void {
    if (this.#sweep === undefined && latestPostingId - this.#writtenBackUpTo >= this.#everyPostings)
      this.#beginSweep(latestPostingId)
    this.#write(Math.max(MIN_ACCOUNTS_A_COMMIT, 2 * newPostings))
  }

  /** Writes back what is left of the sweep and all that became dirty since, within one transaction. */
  writeAll(latestPostingId: number): void {
    this.#write(Number.POSITIVE_INFINITY)
    this.committed()
    this.#beginSweep(latestPostingId)
    this.#write(Number.POSITIVE_INFINITY)
  }

  /** To be called when the transaction has committed, before its own postings reach the cache. */
  committed(): void {
    if (this.#sweep === undefined) return
    for (const accountId of this.#slice) this.#cache.writtenBack(accountId)
    this.#sweep.done += this.#slice.length
    this.#slice = []
    if (this.#sweep.done < this.#sweep.accountIds.length) return
    this.#writtenBackUpTo = this.#sweep.upToPostingId
    this.#sweep = undefined
  }

  /** To be called when the transaction has not committed. */
  rolledBack(): void {
    this.#slice = []
  }

  #beginSweep(upToPostingId: number): void {
    this.#sweep = { upToPostingId, accountIds: this.#cache.beginSweep(), done: 0 }
  }

  #write(atMost: number): void {
    if (this.#sweep === undefined) return
    const { accountIds, done, upToPostingId } = this.#sweep
    this.#slice = accountIds.slice(done, done + atMost)
    for (const id of this.#slice) this.#cache.writeBack(id)
    if (done + this.#slice.length === accountIds.length) this.#table.setWrittenBackUpTo(upToPostingId)
  }
}
