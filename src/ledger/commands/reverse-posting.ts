import type { Account } from '../accounts.ts'
import { fits } from '../batch/batch-accounts.ts'
import type { BatchState } from '../batch/batch-state.ts'
import type { Outcome } from '../outcomes.ts'
import { isMachineCash, isReversible, type Posting, type ReversiblePosting } from '../postings.ts'
import type { Terms } from '../terms.ts'
import { isCovered, transferBlocked } from './checks.ts'
import { posted, reject } from './definition.ts'

/** What to give back. */
interface Reversal {
  /** Cents; all that is left when undefined. */
  readonly amount?: bigint
  readonly reason?: string
}

/** Moves all or part of what a posting moved back to where it came from, never more than is left of it. */
export function reversePosting(
  state: BatchState,
  reversible: ReversiblePosting,
  { amount: requested, reason }: Reversal,
  terms: Terms,
): Outcome {
  const { posting, reversedAmount, latestReversal } = reversible
  if (!isReversible(posting) || isMachineCash(posting)) return reject('not_reversible')
  const left = posting.amount - reversedAmount
  // Asking again for all that is left, when nothing is, is a repetition and gets the same answer.
  if (requested === undefined && left === 0n && latestReversal !== undefined) return posted(latestReversal)
  const amount = requested ?? left
  const { payer, payee } = customersOf(state, posting)
  const blocked = transferBlocked(payer, payee)
  if (blocked !== undefined) return reject(blocked)
  if (amount > left) return reject('reversal_exceeds_transaction')
  if (payer !== undefined && !isCovered(state, payer, amount, terms)) return reject('insufficient_funds')
  if (payee !== undefined && !fits(payee.balance + amount)) return reject('balance_limit_exceeded')
  const debit = payer ?? state.accounts.cashDrawerFor(-amount)
  const credit = payee ?? state.accounts.cashDrawerFor(amount)
  if (debit === undefined || credit === undefined) return reject('cash_limit_exceeded')
  return posted(state.postings.reverse(reversible, debit, credit, amount, reason))
}

/** From whom a reversal takes the money and to whom it goes; undefined is cash. */
function customersOf(
  state: BatchState,
  { kind, debitAccountId, creditAccountId }: Posting,
): { readonly payer: Account | undefined; readonly payee: Account | undefined } {
  const paidCash = kind === 'withdraw' || kind === 'capture'
  return {
    payer: paidCash ? undefined : state.accounts.get(creditAccountId),
    payee: kind === 'deposit' ? undefined : state.accounts.get(debitAccountId),
  }
}
