/** An account of the books: a customer's, or one of the bank's own cash drawers. */
export interface Account {
  readonly id: number
  /** What customers call it; undefined for a cash drawer, which nobody can name from outside. */
  readonly number: string | undefined
  /** Cents: all credits less all debits. A customer's is never negative, a cash drawer's hardly ever positive. */
  balance: bigint
}

export const postingKinds = ['opening', 'deposit', 'withdraw'] as const

export type PostingKind = (typeof postingKinds)[number]

/** Reads a kind back from storage, by its place in `postingKinds`. Throws on one that no version has written. */
export function postingKindFrom(code: number): PostingKind {
  const kind = postingKinds[code]
  if (kind !== undefined) return kind
  throw new TypeError('the store holds a posting of a kind that this version does not know')
}

/**
 * One movement of money, in one row that names both sides: it cannot be half written or out of balance.
 * Customers' balances are what the bank owes them, so a deposit debits cash and credits the customer.
 */
export interface Posting {
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

/** Whether the posting is shown to the customer; opening balances are not, as the history starts after them. */
export function isInHistory(posting: Posting): boolean {
  return posting.kind !== 'opening'
}

/** The balance after a deposit or withdrawal of the customer it was made for, in cents. */
export function customerBalance(posting: Posting): bigint {
  return posting.kind === 'withdraw' ? posting.debitBalance : posting.creditBalance
}
