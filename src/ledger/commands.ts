import type { Posting } from './postings.ts'
import type { Reason } from './rejections.ts'

/** Puts cash into an account. */
export interface Deposit {
  readonly kind: 'deposit'
  readonly account: string
  /** Cents, 1 to `MAX_CENTS`. */
  readonly amount: bigint
  /** Set when the sender may retry: one key, one effect. */
  readonly idempotencyKey?: string
}

/** Takes cash out of an account, never more than it holds. */
export interface Withdrawal extends Omit<Deposit, 'kind'> {
  readonly kind: 'withdraw'
}

/** Opens an account. Its opening balance is a posting like any other, but no part of its history. */
export interface OpenAccount {
  readonly kind: 'open'
  readonly account: string
  /** Cents, 0 to `MAX_CENTS`. */
  readonly openingBalance: bigint
  readonly idempotencyKey?: undefined
}

/** Every way to change the books. */
export type Command = Deposit | Withdrawal | OpenAccount

/** The numbers of the accounts that a command reads or changes: what an engine loads, and locks, for it. */
export function accountsNamedBy(command: Command): readonly string[] {
  return [command.account]
}

/** What the ledger answered to a command. */
export type Outcome = Posted | Opened | Rejected

/** Money moved. */
export interface Posted {
  readonly status: 'posted'
  readonly posting: Posting
  /** True when this answers a retry from what is kept, and nothing moved now. */
  readonly replayed: boolean
}

export interface Opened {
  readonly status: 'opened'
  readonly replayed: false
}

/** Nothing changed. */
export interface Rejected {
  readonly status: 'rejected'
  readonly reason: Reason
  readonly replayed: boolean
}
