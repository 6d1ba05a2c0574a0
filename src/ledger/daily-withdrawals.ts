import { businessDay } from './business-day.ts'
import type { Posting } from './postings.ts'

/** What an account has withdrawn on one business day. It follows from its postings alone, see `withdrawnAfter`. */
export interface DailyWithdrawals {
  /** See `businessDay`; 0 before the first withdrawal. */
  readonly day: number
  /** Cents, less what was reversed on the same day. */
  readonly amount: bigint
  /** Withdrawals, less those reversed as a whole on the same day. */
  readonly count: number
}

/** Of an account that has never withdrawn anything. */
export const NO_WITHDRAWALS: DailyWithdrawals = { day: 0, amount: 0n, count: 0 }

/** A posting that gives an earlier one back, and how that one stood. */
export interface Reversed {
  readonly original: Posting
  /** What all reversals of it come to with this one, in cents. */
  readonly reversedAmount: bigint
}

/**
 * What the account has withdrawn once the posting is made. A withdrawal counts on its day; a reversal on that same day
 * gives the room back. `reversed` must be given for a reversal.
 */
export function withdrawnAfter(
  before: DailyWithdrawals,
  posting: Posting,
  accountId: number,
  timeZone: string,
  reversed?: Reversed,
): DailyWithdrawals {
  if (posting.kind === 'withdraw' && posting.debitAccountId === accountId) {
    const { day, amount, count } = on(businessDay(posting.atMs, timeZone), before)
    return { day, amount: amount + posting.amount, count: count + 1 }
  }
  if (reversed?.original.kind !== 'withdraw' || posting.creditAccountId !== accountId) return before
  const day = businessDay(posting.atMs, timeZone)
  if (day !== before.day || day !== businessDay(reversed.original.atMs, timeZone)) return before
  const isWhole = reversed.reversedAmount === reversed.original.amount
  return { day, amount: before.amount - posting.amount, count: before.count - (isWhole ? 1 : 0) }
}

/** What counts on that day: nothing of another day. */
export function on(day: number, withdrawn: DailyWithdrawals): DailyWithdrawals {
  return withdrawn.day === day ? withdrawn : { day, amount: 0n, count: 0 }
}
