import { type DailyWithdrawals, NO_WITHDRAWALS } from './daily-withdrawals.ts'
import { heldAt, NO_HOLDS, type OpenHold } from './holds.ts'

/** Which account it is, and its balance: what is read most. */
export interface AccountBalance {
  readonly id: number
  /** What customers call it; undefined for the bank's own accounts, which nobody can name from outside. */
  readonly number: string | undefined
  /** Cents: all credits less all debits. Negative for a customer within an overdraft, and for a cash drawer nearly always. */
  balance: bigint
}

/** An account as `decide` sees and changes it: a customer's, or one of the bank's own. */
export interface Account extends AccountBalance {
  status: AccountStatus
  limits: AccountLimits
  /** What was withdrawn on the latest day with withdrawals. */
  withdrawn: DailyWithdrawals
  /** The holds that are neither captured nor released. Some may have expired. */
  openHolds: readonly OpenHold[]
}

export const accountStatuses = ['open', 'frozen', 'closed'] as const

/** A frozen account takes money in and gives none out; a closed one does neither, and is never opened again. */
export type AccountStatus = (typeof accountStatuses)[number]

/** What holds for an account. */
export interface Limits {
  /** Cents that the account may owe, 0 to `MAX_CENTS`. */
  readonly overdraft: bigint
  /** The largest withdrawal, in cents; undefined for none. */
  readonly withdrawal: bigint | undefined
  /** The most that may be withdrawn on one day, in cents; undefined for no limit. */
  readonly dailyAmount: bigint | undefined
  /** The most withdrawals on one day, 0 to `MAX_DAILY_COUNT`; undefined for no limit. */
  readonly dailyCount: number | undefined
}

/** A limit on withdrawals a day is at most this: more than anyone means to allow. */
export const MAX_DAILY_COUNT = 1_000_000

/** The limits that an account has of its own; where undefined, those of the deployment hold. */
export type AccountLimits = { readonly [Limit in keyof Limits]: Limits[Limit] | undefined }

export const NO_LIMITS: Limits = {
  overdraft: 0n,
  withdrawal: undefined,
  dailyAmount: undefined,
  dailyCount: undefined,
}

/** The limits of an account that has none of its own. */
export const DEPLOYMENT_LIMITS: AccountLimits = { ...NO_LIMITS, overdraft: undefined }

/** An account with a balance, in cents, and nothing else: no limits, holds or withdrawals. */
export function plainAccount(id: number, number: string | undefined, balance: bigint): Account {
  return {
    id,
    number,
    balance,
    status: 'open',
    limits: DEPLOYMENT_LIMITS,
    withdrawn: NO_WITHDRAWALS,
    openHolds: NO_HOLDS,
  }
}

/** The account's own limits before those of the deployment. */
export function effectiveLimits(own: AccountLimits, deployment: Limits): Limits {
  return {
    overdraft: own.overdraft ?? deployment.overdraft,
    withdrawal: own.withdrawal ?? deployment.withdrawal,
    dailyAmount: own.dailyAmount ?? deployment.dailyAmount,
    dailyCount: own.dailyCount ?? deployment.dailyCount,
  }
}

/** What may be taken out of the account: its balance less what is held, and the overdraft. In cents. */
export function availableIn(account: Account, deployment: Limits, nowMs: number): bigint {
  const overdraft = account.limits.overdraft ?? deployment.overdraft
  return account.balance - heldAt(account.openHolds, nowMs) + overdraft
}

/** The account at one moment, as its holder sees it. Money is cents. */
export interface AccountState {
  readonly number: string
  readonly status: AccountStatus
  readonly balance: bigint
  readonly held: bigint
  readonly available: bigint
  readonly limits: Limits
}

/** All that is shown of an account. */
export interface AccountDetails extends AccountState {
  /** The holder's name; undefined for accounts that were opened without one. */
  readonly name: string | undefined
  /** Milliseconds since 1970, UTC; undefined where an older version has opened it. */
  readonly openedAtMs: number | undefined
}

/** The account as an engine stores it, read at one moment. */
export interface StoredDetails {
  readonly account: Account
  readonly name: string | undefined
  readonly openedAtMs: number | undefined
  /** The ledger's time at the reading: what has expired by then is no longer held. */
  readonly asOfMs: number
}

/** The state of a customer's account, with the limits that hold for it. */
export function accountState(account: Account, deployment: Limits, nowMs: number): AccountState {
  const { number, status, balance, openHolds } = account
  if (number === undefined) throw new TypeError('an account of the bank has no holder')
  return {
    number,
    status,
    balance,
    held: heldAt(openHolds, nowMs),
    available: availableIn(account, deployment, nowMs),
    limits: effectiveLimits(account.limits, deployment),
  }
}
