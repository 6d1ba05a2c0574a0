import type { AccountTable } from '../tables/account-table.ts'
import type { AccountCache } from './account-cache.ts'

/** A commit folds at least so many accounts while a sweep lasts, so that it ends also when hardly anything is posted. */
const MIN_ACCOUNTS_A_COMMIT = 64

/** One pass over the accounts that were behind when it began, in the order of their rows. */
interface Sweep {
  readonly upToPostingId: number
  readonly accountIds: readonly number[]
  /** How many of them have been folded and committed. */
  done: number
}

/**
 * Writes balances and histories to the accounts' rows some time after the postings they follow from.
 *
 * A commit writes its postings, which tell everything: they are appended, so a thousand of them change a dozen pages.
 * Writing each account's row with them would change a page for nearly every posting. Instead the rows are swept now and
 * then, a few with each commit and in the order of the file, so that one page takes many changes. After a crash the
 * postings since the last whole sweep are followed again.
 */
export class BalanceWriteBack {
  readonly #table: AccountTable
  readonly #live: AccountCache
  readonly #everyPostings: number
  #writtenBackUpToPostingId: number
  #sweep: Sweep | undefined
  /** What the transaction under way has folded. */
  #slice: readonly number[] = []

  /** A sweep begins after `everyPostings`, so a start follows hardly more than twice as many. */
  constructor(table: AccountTable, live: AccountCache, everyPostings: number) {
    this.#table = table
    this.#live = live
    this.#everyPostings = everyPostings
    this.#writtenBackUpToPostingId = table.writtenBackUpToPostingId()
  }

  /** Folds a few accounts within the transaction of a batch that adds `newPostings` after `latestPostingId`. */
  writeBackSome(latestPostingId: number, newPostings: number): void {
    if (this.#sweep === undefined && latestPostingId - this.#writtenBackUpToPostingId >= this.#everyPostings)
      this.#beginSweep(latestPostingId)
    this.#fold(Math.max(MIN_ACCOUNTS_A_COMMIT, 2 * newPostings))
  }

  /** Folds what is left of the sweep and all that fell behind since, within one transaction. */
  writeBackAll(latestPostingId: number): void {
    this.#fold(Number.POSITIVE_INFINITY)
    this.committed()
    this.#beginSweep(latestPostingId)
    this.#fold(Number.POSITIVE_INFINITY)
  }

  /** To be called when the transaction has committed, before its own postings are followed. */
  committed(): void {
    if (this.#sweep === undefined) return
    for (const accountId of this.#slice) this.#live.folded(accountId)
    this.#sweep.done += this.#slice.length
    this.#slice = []
    if (this.#sweep.done < this.#sweep.accountIds.length) return
    this.#writtenBackUpToPostingId = this.#sweep.upToPostingId
    this.#sweep = undefined
  }

  /** To be called when the transaction has not committed. */
  rolledBack(): void {
    this.#slice = []
  }

  #beginSweep(upToPostingId: number): void {
    this.#sweep = { upToPostingId, accountIds: this.#live.beginSweep(), done: 0 }
  }

  #fold(atMost: number): void {
    if (this.#sweep === undefined) return
    const { accountIds, done, upToPostingId } = this.#sweep
    this.#slice = accountIds.slice(done, done + atMost)
    for (const id of this.#slice) this.#live.fold(id)
    if (done + this.#slice.length === accountIds.length)
      this.#table.setWrittenBackUpToPostingId(upToPostingId)
  }
}
