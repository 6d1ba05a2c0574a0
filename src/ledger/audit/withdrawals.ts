import type { AccountBalance } from '../accounts.ts'
import { businessDay } from '../business-day.ts'
import {
  type DailyWithdrawals,
  NO_WITHDRAWALS,
  on,
  type Reversed,
  withdrawnAfter,
} from '../daily-withdrawals.ts'
import type { Posting } from '../postings.ts'
import { type Differences, nameOf } from './differences.ts'

/**
 * Recomputes what each account has withdrawn on the latest day of the books. What accounts say of earlier days counts for
 * nothing any more, as time never runs backwards, so it is not compared.
 */
export class Withdrawals {
  readonly #differences: Differences
  readonly #timeZone: string
  readonly #withdrawn = new Map<number, DailyWithdrawals>()
  #latestDay = 0

  constructor(differences: Differences, timeZone: string) {
    this.#differences = differences
    this.#timeZone = timeZone
  }

  follow(posting: Posting): void {
    const day = businessDay(posting.atMs, this.#timeZone)
    if (day > this.#latestDay) {
      this.#latestDay = day
      this.#withdrawn.clear()
    }
    if (posting.kind === 'withdraw' && day === this.#latestDay)
      this.#change(posting.debitAccountId, (before) =>
        withdrawnAfter(before, posting, posting.debitAccountId, this.#timeZone),
      )
  }

  /** Follows a reversal, once all postings have been followed: it changes no day but its own. */
  followReversal(reversal: Posting, reversed: Reversed): void {
    this.#change(reversal.creditAccountId, (before) =>
      withdrawnAfter(before, reversal, reversal.creditAccountId, this.#timeZone, reversed),
    )
  }

  /** To be called when all postings and all reversals have been followed. */
  compare(account: AccountBalance, withdrawn: DailyWithdrawals): void {
    const day = this.#latestDay
    const stored = withdrawn.day > day ? withdrawn : on(day, withdrawn)
    const expected = on(day, this.#withdrawn.get(account.id) ?? NO_WITHDRAWALS)
    if (stored.day === day && stored.amount === expected.amount && stored.count === expected.count) return
    this.#differences.add(
      `account ${nameOf(account)} has ${inWords(stored)}, where its postings add up to ${inWords(expected)}; days are those of ${this.#timeZone}`,
    )
  }

  #change(accountId: number, after: (before: DailyWithdrawals) => DailyWithdrawals): void {
    const before = this.#withdrawn.get(accountId) ?? NO_WITHDRAWALS
    const changed = after(before)
    if (changed !== before) this.#withdrawn.set(accountId, changed)
  }
}

function inWords({ day, amount, count }: DailyWithdrawals): string {
  return `${count} withdrawals of ${amount} cents on day ${day}`
}
