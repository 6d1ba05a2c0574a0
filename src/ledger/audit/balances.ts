import type { AccountBalance } from '../accounts.ts'
import { isInHistory, type Posting } from '../postings.ts'
import type { Differences } from './differences.ts'
import type { AuditedAccount } from './source.ts'

/** What the postings say of one account. */
interface Recomputed extends HistorySum {
  balance: bigint
  latestMs: number
}

/** A list of postings as length and checksum, so that millions take no memory. */
interface HistorySum {
  length: number
  checksum: number
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

  compare({ account, postingIds }: AuditedAccount): void {
    this.#sum += account.balance
    const recomputed = this.#of(account.id)
    this.#recomputed.delete(account.id)
    if (account.balance !== recomputed.balance) {
      this.#differences.add(
        `account ${name(account)} holds ${account.balance} cents, where its postings add up to ${recomputed.balance}`,
      )
    }
    if (account.number !== undefined && postingIds !== undefined)
      this.#compareHistory(account, recomputed, postingIds)
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
    if (isInHistory(posting)) list(account, posting.id)
  }

  #compareHistory(account: AccountBalance, expected: HistorySum, postingIds: Iterable<number>): void {
    const listed: HistorySum = { length: 0, checksum: 0 }
    for (const id of postingIds) list(listed, id)
    if (listed.length !== expected.length || listed.checksum !== expected.checksum) {
      this.#differences.add(
        `the history of account ${name(account)} lists ${listed.length} postings, not just the ${expected.length} that name it`,
      )
    }
  }

  #of(accountId: number): Recomputed {
    const known = this.#recomputed.get(accountId)
    if (known !== undefined) return known
    const fresh = { balance: 0n, latestMs: 0, length: 0, checksum: 0 }
    this.#recomputed.set(accountId, fresh)
    return fresh
  }
}

function list(history: HistorySum, postingId: number): void {
  history.length += 1
  history.checksum = (Math.imul(history.checksum, 31) + postingId) | 0
}

function name(account: AccountBalance): string {
  return account.number ?? `cash drawer ${account.id}`
}
