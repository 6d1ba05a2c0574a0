import type { AccountTable, StoredAccount } from '../tables/account-table.ts'
import { numbers, PostingChains, withRoomFor } from './typed-arrays.ts'

const FIRST_CAPACITY = 1_024

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
  readonly #stateOf: (accountId: number) => Pick<StoredAccount, 'balance' | 'withdrawn'>
  #latestIds = numbers(FIRST_CAPACITY)
  /** The postings up to which the rows are written back. */
  #writtenIds = numbers(FIRST_CAPACITY)
  /** The accounts that became dirty since the latest sweep began. */
  #dirty: number[] = []
  /** The postings that are not in the rows' lists: those since the latest sweep began, and those before. */
  #unflushed = new PostingChains()
  #unflushedBefore = new PostingChains()
  #writtenBackUpTo: number
  #sweep: Sweep | undefined
  /** What the transaction under way has written back. */
  #slice: readonly number[] = []

  /** `stateOf` answers what is to be written of an account. */
  constructor(
    table: AccountTable,
    stateOf: (accountId: number) => Pick<StoredAccount, 'balance' | 'withdrawn'>,
  ) {
    this.#table = table
    this.#stateOf = stateOf
    this.#writtenBackUpTo = table.writtenBackUpTo()
  }

  latestPostingId(accountId: number): number {
    return this.#latestIds[accountId] ?? 0
  }

  /** Whether the account has postings that its row has not. */
  isDirty(accountId: number): boolean {
    return (this.#writtenIds[accountId] ?? 0) < this.latestPostingId(accountId)
  }

  /** The ids above `afterId` of postings in the account's history that are not in its row's list, oldest first. */
  unflushed(accountId: number, afterId: number): number[] {
    return [...this.#unflushedBefore.of(accountId, afterId), ...this.#unflushed.of(accountId, afterId)]
  }

  /** The highest of those ids that is not above `postingId`. */
  latestUnflushedUpTo(accountId: number, postingId: number): number | undefined {
    return (
      this.#unflushed.latestUpTo(accountId, postingId) ??
      this.#unflushedBefore.latestUpTo(accountId, postingId)
    )
  }

  /** The account's row has the postings up to this one; 0 for a new account. */
  rowRead(accountId: number, postingId: number): void {
    this.#latestIds = withRoomFor(this.#latestIds, accountId, numbers)
    this.#writtenIds = withRoomFor(this.#writtenIds, accountId, numbers)
    this.#latestIds[accountId] = postingId
    this.#writtenIds[accountId] = postingId
  }

  /** The account has a new posting. */
  posted(accountId: number, postingId: number, isListed: boolean): void {
    if (!this.isDirty(accountId)) this.#dirty.push(accountId)
    this.#latestIds[accountId] = postingId
    if (isListed) this.#unflushed.add(accountId, postingId)
  }

  /**
   * Writes a few accounts back within the transaction of a batch that adds `newPostings` after `latestPostingId`. A sweep
   * begins after `everyPostings`, so a start reads little more than twice as many.
   */
  writeSome(latestPostingId: number, newPostings: number, everyPostings: number): void {
    if (this.#sweep === undefined && latestPostingId - this.#writtenBackUpTo >= everyPostings)
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

  /** To be called when the transaction has committed, before its own postings are added. */
  committed(): void {
    if (this.#sweep === undefined) return
    for (const accountId of this.#slice) {
      this.#writtenIds[accountId] = this.latestPostingId(accountId)
      this.#unflushed.forget(accountId)
      this.#unflushedBefore.forget(accountId)
    }
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
    const accountIds = this.#dirty.toSorted((left, right) => left - right)
    this.#sweep = { upToPostingId, accountIds, done: 0 }
    this.#dirty = []
    this.#unflushedBefore = this.#unflushed
    this.#unflushed = new PostingChains()
  }

  #write(atMost: number): void {
    if (this.#sweep === undefined) return
    const { accountIds, done, upToPostingId } = this.#sweep
    this.#slice = accountIds.slice(done, done + atMost)
    for (const id of this.#slice) {
      const account = { id, latestPostingId: this.latestPostingId(id), ...this.#stateOf(id) }
      this.#table.writeBack(account, this.unflushed(id, 0))
    }
    if (done + this.#slice.length === accountIds.length) this.#table.setWrittenBackUpTo(upToPostingId)
  }
}
