import { fits } from '../../../ledger/batch/batch-accounts.ts'
import { type DailyWithdrawals, NO_WITHDRAWALS } from '../../../ledger/daily-withdrawals.ts'
import { cents, numbers, withRoomFor } from './growing-arrays.ts'

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
