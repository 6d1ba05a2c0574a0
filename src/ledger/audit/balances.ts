import { isInHistory, type Posting } from '../postings.ts'
import { type Differences, nameOf } from './differences.ts'
import type { AuditedAccount, ListedPosting } from './source.ts'

/** What the postings say of one account. */
interface Recomputed {
  balance: bigint
  latestMs: number
  latestPostingId: number
  /** How many postings belong to its history. */
  historyLength: number
}

/** Recomputes every account from its postings: all of those must be followed first, then the accounts compared. */
export class Balances {
  readonly #differences: Differences
  readonly #recomputed = new Map<number, Recomputed>()
  #sum = 0n

  constructor(differences: Differences) {
    this.#differences = differences
  }

  follow(posting: Posting): void {
    const { id, amount, debitAccountId, creditAccountId } = posting
    if (amount <= 0n)
      this.#differences.add(`posting ${id} moves ${amount} cents, which is not a positive amount`)
    if (debitAccountId === creditAccountId)
      this.#differences.add(`posting ${id} debits and credits the same account`)
    this.#followSide(posting, debitAccountId, -amount, posting.debitBalance)
    this.#followSide(posting, creditAccountId, amount, posting.creditBalance)
  }

  compare({ account, history, latestPostingId = 0 }: AuditedAccount): void {
    this.#sum += account.balance
    const recomputed = this.#of(account.id)
    this.#recomputed.delete(account.id)
    if (account.balance !== recomputed.balance) {
      this.#differences.add(
        `account ${nameOf(account)} holds ${account.balance} cents, where its postings add up to ${recomputed.balance}`,
      )
    }
    if (latestPostingId > recomputed.latestPostingId) {
      this.#differences.add(
        `account ${nameOf(account)} says that its latest posting is ${latestPostingId}, where that is ${recomputed.latestPostingId}`,
      )
    }
    if (account.number !== undefined && history !== undefined)
      this.#compareHistory(account, recomputed.historyLength, history)
  }

  /** To be called when every account has been compared. */
  finish(): void {
    for (const id of this.#recomputed.keys())
      this.#differences.add(`postings name account ${id}, which does not exist`)
    if (this.#sum !== 0n)
      this.#differences.add(`all accounts together hold ${this.#sum} cents, where they must hold 0`)
  }

  #followSide(posting: Posting, accountId: number, change: bigint, balanceAfter: bigint): void {
    const account = this.#of(accountId)
    if (account.balance + change !== balanceAfter) {
      this.#differences.add(
        `posting ${posting.id} leaves account ${accountId} at ${balanceAfter} cents, where its postings add up to ${account.balance + change}`,
      )
    }
    account.balance += change
    // Per account, as several instances may write: each has a clock of its own, and none turns an account's time back.
    if (posting.atMs < account.latestMs)
      this.#differences.add(
        `posting ${posting.id} is dated before the posting before it of account ${accountId}`,
      )
    account.latestMs = posting.atMs
    account.latestPostingId = posting.id
    if (isInHistory(posting)) account.historyLength += 1
  }

  /** A list in order, of as many postings as name the account, each of which names it, is the list of just those. */
  #compareHistory(
    account: AuditedAccount['account'],
    expectedLength: number,
    history: Iterable<ListedPosting>,
  ): void {
    let length = 0
    let previousId = 0
    for (const { id, posting } of history) {
      length += 1
      if (id <= previousId || posting === undefined || !isOfHistory(posting, account.id)) {
        this.#differences.add(
          `the history of account ${nameOf(account)} lists posting ${id} in place ${length}, where it does not belong`,
        )
        return
      }
      previousId = id
    }
    if (length !== expectedLength) {
      this.#differences.add(
        `the history of account ${nameOf(account)} lists ${length} postings, where ${expectedLength} name it`,
      )
    }
  }

  #of(accountId: number): Recomputed {
    const known = this.#recomputed.get(accountId)
    if (known !== undefined) return known
    const fresh = { balance: 0n, latestMs: 0, latestPostingId: 0, historyLength: 0 }
    this.#recomputed.set(accountId, fresh)
    return fresh
  }
}

function isOfHistory(posting: NonNullable<ListedPosting['posting']>, accountId: number): boolean {
  const namesIt = posting.debitAccountId === accountId || posting.creditAccountId === accountId
  return namesIt && isInHistory(posting)
}
