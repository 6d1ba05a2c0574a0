import { type AccountLimits, type AccountStatus, DEPLOYMENT_LIMITS } from '../../../ledger/accounts.ts'
import { fits } from '../../../ledger/batch/batch-accounts.ts'
import type { BatchState } from '../../../state-machine/batch-state.ts'
import { type DailyWithdrawals, NO_WITHDRAWALS } from '../../../ledger/daily-withdrawals.ts'
import { hasExpired, NO_HOLDS, type OpenHold } from '../../../ledger/holds.ts'
import type { AccountHold } from '../tables/hold-table.ts'
import { cents, numbers, withRoomFor } from './typed-arrays.ts'

/** What is the same for nearly all accounts. */
export interface AccountSettings {
  readonly status: AccountStatus
  readonly limits: AccountLimits
}

const DEFAULT_SETTINGS: AccountSettings = { status: 'open', limits: DEPLOYMENT_LIMITS }

/** The status and the limits of the few accounts that are not open or have limits of their own. */
export class AccountSettingsCache {
  readonly #byAccount = new Map<number, AccountSettings>()

  of(accountId: number): AccountSettings {
    return this.#byAccount.get(accountId) ?? DEFAULT_SETTINGS
  }

  set(accountId: number, { status, limits }: AccountSettings): void {
    const isPlain = status === 'open' && Object.values(limits).every((limit) => limit === undefined)
    if (isPlain) this.#byAccount.delete(accountId)
    else this.#byAccount.set(accountId, { status, limits })
  }
}

const FIRST_CAPACITY = 1_024

/** What each account has withdrawn on its latest day with withdrawals, in plain arrays indexed by account id. */
export class WithdrawalCache {
  #days = numbers(FIRST_CAPACITY)
  #amounts = cents(FIRST_CAPACITY)
  #counts = numbers(FIRST_CAPACITY)
  /** The amounts that take more than 64 bits: a deposit may be withdrawn as often as it is made. */
  readonly #largeAmounts = new Map<number, bigint>()

  of(accountId: number): DailyWithdrawals {
    const day = this.#days[accountId] ?? 0
    const count = this.#counts[accountId] ?? 0
    if (day === 0 && count === 0) return NO_WITHDRAWALS
    return { day, amount: this.#largeAmounts.get(accountId) ?? this.#amounts[accountId] ?? 0n, count }
  }

  set(accountId: number, withdrawn: DailyWithdrawals): void {
    const { day, amount, count } = withdrawn
    // Most accounts that only take deposits need no place in the arrays.
    if (day === 0 && count === 0 && this.of(accountId) === NO_WITHDRAWALS) return
    this.#days = withRoomFor(this.#days, accountId, numbers)
    this.#amounts = withRoomFor(this.#amounts, accountId, cents)
    this.#counts = withRoomFor(this.#counts, accountId, numbers)
    this.#days[accountId] = day
    this.#counts[accountId] = count
    if (fits(amount)) {
      this.#amounts[accountId] = amount
      this.#largeAmounts.delete(accountId)
    } else this.#largeAmounts.set(accountId, amount)
  }
}

/** A commit looks for expired holds in this many accounts, and in two more for each hold that it changes. */
const LOOKED_AT_LEAST = 2

/** The open holds of the few accounts that have some. */
export class OpenHoldCache {
  readonly #byAccount = new Map<number, readonly OpenHold[]>()
  #sweep: Iterator<readonly [number, readonly OpenHold[]]> = this.#byAccount.entries()

  constructor(unexpired: Iterable<AccountHold>) {
    for (const [accountId, holds] of Map.groupBy(unexpired, (each) => each.accountId))
      this.#byAccount.set(
        accountId,
        holds.map(({ hold }) => hold),
      )
  }

  of(accountId: number): readonly OpenHold[] {
    return this.#byAccount.get(accountId) ?? NO_HOLDS
  }

  /** To be called when a batch is committed. */
  committed({ accounts, holds, nowMs }: BatchState): void {
    if (holds.changed.size > 0) for (const { id, openHolds } of accounts.changed) this.#set(id, openHolds)
    this.#forgetExpired(nowMs, LOOKED_AT_LEAST + 2 * holds.changed.size)
  }

  /** Looks at the next few accounts: what has expired would stay where an account is not used any more. */
  #forgetExpired(nowMs: number, accounts: number): void {
    for (let looked = 0; looked < accounts; looked += 1) {
      const { done, value } = this.#sweep.next()
      if (done === true) {
        this.#sweep = this.#byAccount.entries()
        return
      }
      const [accountId, holds] = value
      const unexpired = holds.filter((hold) => !hasExpired(hold, nowMs))
      if (unexpired.length < holds.length) this.#set(accountId, unexpired)
    }
  }

  #set(accountId: number, holds: readonly OpenHold[]): void {
    if (holds.length > 0) this.#byAccount.set(accountId, holds)
    else this.#byAccount.delete(accountId)
  }
}
