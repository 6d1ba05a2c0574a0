import type { Account } from '../accounts.ts'
import { type BatchState, fits } from '../batch-state.ts'
import type { Reverse } from './commands.ts'
import type { Outcome } from '../outcomes.ts'
import { isReversible, type Posting, type ReversiblePosting } from '../postings.ts'
import type { Terms } from '../terms.ts'
import { transferBlocked, isCovered } from './checks.ts'
import { posted, reject } from './definition.ts'

/** Moves all or part of what a posting moved back to where it came from, never more than is left of it. */
export function giveBack(
  books: BatchState,
  reversible: ReversiblePosting,
  { amount: asked, reason }: Reverse,
  terms: Terms,
): Outcome {
  const { posting, reversedAmount, latestReversal } = reversible
  if (!isReversible(posting)) return reject('not_reversible')
  const left = posting.amount - reversedAmount
  // Who asks once more for all that is left, and has it, is answered the same.
  if (asked === undefined && left === 0n && latestReversal !== undefined) return posted(latestReversal)
  const amount = asked ?? left
  const { giver, taker } = customersOf(books, posting)
  const barred = transferBlocked(giver, taker)
  if (barred !== undefined) return reject(barred)
  if (amount > left) return reject('reversal_exceeds_transaction')
  if (giver !== undefined && !isCovered(books, giver, amount, terms)) return reject('insufficient_funds')
  if (taker !== undefined && !fits(taker.balance + amount)) return reject('balance_limit_exceeded')
  const debit = giver ?? books.cashDrawerFor(-amount)
  const credit = taker ?? books.cashDrawerFor(amount)
  if (debit === undefined || credit === undefined) return reject('cash_limit_exceeded')
  return posted(books.reverse(reversible, debit, credit, amount, reason))
}

/** Whom a reversal takes the money from and whom it gives it to; undefined is cash. */
function customersOf(
  books: BatchState,
  { kind, debitAccountId, creditAccountId }: Posting,
): { readonly giver: Account | undefined; readonly taker: Account | undefined } {
  const wasGivenCash = kind === 'withdraw' || kind === 'capture'
  return {
    giver: wasGivenCash ? undefined : books.accountById(creditAccountId),
    taker: kind === 'deposit' ? undefined : books.accountById(debitAccountId),
  }
}
