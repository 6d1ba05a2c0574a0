import type { AccountLimits, AccountStatus } from '../accounts.ts'

/** What every command may carry. */
interface Retryable {
  /** Set when the sender may retry: one key, one effect. */
  readonly idempotencyKey?: string
}

/** What moves money may carry the customer's own words for it. */
interface Referenced extends Retryable {
  /** At most `MAX_REFERENCE_LENGTH` characters. */
  readonly reference?: string
}

/** Puts cash into an account. */
export interface Deposit extends Referenced {
  readonly kind: 'deposit'
  readonly account: string
  /** Cents, 1 to `MAX_CENTS`. */
  readonly amount: bigint
}

/** Takes cash out of an account, never more than is available. */
export interface Withdrawal extends Referenced {
  readonly kind: 'withdraw'
  readonly account: string
  /** Cents, 1 to `MAX_CENTS`. */
  readonly amount: bigint
}

/** Moves money from one customer to another. */
export interface Transfer extends Referenced {
  readonly kind: 'transfer'
  readonly from: string
  readonly to: string
  /** Cents, 1 to `MAX_CENTS`. */
  readonly amount: bigint
}

/** Opens an account. */
export interface OpenAccount extends Retryable {
  readonly kind: 'open'
  readonly account: string
  /** Whether the number was drawn for this command: a retry may come with another one, and is the same request. */
  readonly isNumberAssigned?: boolean
  /** The holder's name. */
  readonly name?: string
  /** What the account comes with, in cents, 0 to `MAX_CENTS`: a posting like any other, but no part of its history. */
  readonly openingBalance: bigint
  /** What the holder puts in, in cents, 1 to `MAX_CENTS`: the first deposit of its history. */
  readonly openingDeposit?: bigint
}

/** Freezes, unfreezes or closes an account, or sets limits. What is not named stays as it is. */
export interface ChangeAccount extends Retryable {
  readonly kind: 'change'
  readonly account: string
  readonly status?: AccountStatus
  /** A limit that is named and undefined is again that of the deployment. */
  readonly limits?: Partial<AccountLimits>
}

/** Sets money of an account aside. */
export interface PlaceHold extends Referenced {
  readonly kind: 'hold'
  readonly account: string
  /** Cents, 1 to `MAX_CENTS`. */
  readonly amount: bigint
  /** After so many milliseconds the money is free again; never when undefined. */
  readonly expiresInMs?: number
}

/** Takes money that is held out of the account, and frees the rest of the hold. */
export interface CaptureHold extends Retryable {
  readonly kind: 'capture'
  readonly holdId: number
  /** Cents, 1 to what is held; all of it when undefined. */
  readonly amount?: bigint
}

/** Frees the money of a hold. */
export interface ReleaseHold extends Retryable {
  readonly kind: 'release'
  readonly holdId: number
}

/** Gives back all or part of what a posting moved. */
export interface Reverse extends Retryable {
  readonly kind: 'reverse'
  /**
   * The posting, by its id or by the key of the request that made it, which may never have arrived. By its key a hold
   * is given back too.
   */
  readonly original: { readonly postingId: number } | { readonly idempotencyKey: string }
  /** Cents, 1 to `MAX_CENTS`; all that is left when undefined. */
  readonly amount?: bigint
  /** At most `MAX_REFERENCE_LENGTH` characters. */
  readonly reason?: string
}

/** Every way to change the books, by its kind. */
export interface CommandKinds {
  deposit: Deposit
  withdraw: Withdrawal
  transfer: Transfer
  open: OpenAccount
  change: ChangeAccount
  hold: PlaceHold
  capture: CaptureHold
  release: ReleaseHold
  reverse: Reverse
}

export type CommandKind = keyof CommandKinds

/** A command of that kind, or of any. */
export type Command<Kind extends CommandKind = CommandKind> = {
  [Each in Kind]: CommandKinds[Each] & { readonly kind: Each }
}[Kind]
