import { isCashDrawer } from './cash-drawers.ts'

/**
 * `exchange` moves cash between a cash drawer and a cash machine, `count` moves what was found missing or too much in a
 * machine: both between accounts of the bank's own. New kinds are added at the end, as engines store the place.
 */
export const postingKinds = [
  'opening',
  'deposit',
  'withdraw',
  'transfer',
  'capture',
  'reversal',
  'exchange',
  'count',
] as const

export type PostingKind = (typeof postingKinds)[number]

/**
 * One movement of money, in one row that names both sides: it cannot be half written or out of balance.
 * Customers' balances are what the bank owes them, so a deposit debits cash and credits the customer.
 */
export interface Posting extends PostingLinks {
  /** Positive, and growing in the order of posting. */
  readonly id: number
  /** Milliseconds since 1970, UTC; never less than the posting before. */
  readonly atMs: number
  readonly kind: PostingKind
  readonly debitAccountId: number
  readonly creditAccountId: number
  /** Cents, at least 1. */
  readonly amount: bigint
  /** The debited account's balance after this posting, in cents. */
  readonly debitBalance: bigint
  /** The credited account's balance after this posting, in cents. */
  readonly creditBalance: bigint
}

/** What a posting refers to. */
export interface PostingLinks {
  /** The customer's own words for it, at most `MAX_REFERENCE_LENGTH` characters; of a reversal, its reason. */
  readonly reference: string | undefined
  /** The posting that a reversal gives back, all or part of it. */
  readonly reversedPostingId: number | undefined
  /** The hold that a capture takes its money from. */
  readonly holdId: number | undefined
}

export const MAX_REFERENCE_LENGTH = 140

/** A posting, and what has been given back of it. */
export interface ReversiblePosting {
  readonly posting: Posting
  /** What all reversals of it come to, in cents. */
  readonly reversedAmount: bigint
  readonly latestReversal: Posting | undefined
}

const irreversibleKinds: readonly PostingKind[] = ['opening', 'reversal', 'exchange', 'count']

/** Whether the posting can be given back: a reversal cannot, nor can what an account was opened with. */
export function isReversible({ kind }: Posting): boolean {
  return !irreversibleKinds.includes(kind)
}

/** Whether the cash went into or out of a cash machine: how much of it is given back follows from its notes alone. */
export function isMachineCash({ kind, debitAccountId, creditAccountId }: Posting): boolean {
  if (kind === 'withdraw') return !isCashDrawer(creditAccountId)
  return kind === 'deposit' && !isCashDrawer(debitAccountId)
}

/** Whether the posting moved money between accounts of the bank's own: it is no customer's transaction. */
export function isInternal({ kind }: Posting): boolean {
  return kind === 'exchange' || kind === 'count'
}

/** Whether the posting is shown to the customer; opening balances are not, as the history starts after them. */
export function isInHistory(posting: Pick<Posting, 'kind'>): boolean {
  return posting.kind !== 'opening'
}

/** What the posting did to the balance of one of its two accounts, in cents. */
export function changeOf(posting: Posting, accountId: number): bigint {
  return posting.creditAccountId === accountId ? posting.amount : -posting.amount
}

/** The balance of one of its two accounts after the posting, in cents. */
export function balanceAfter(posting: Posting, accountId: number): bigint {
  return posting.creditAccountId === accountId ? posting.creditBalance : posting.debitBalance
}

/** The balance after a deposit or withdrawal of the customer it was made for, in cents. */
export function customerBalance(posting: Posting): bigint {
  return posting.kind === 'withdraw' ? posting.debitBalance : posting.creditBalance
}
