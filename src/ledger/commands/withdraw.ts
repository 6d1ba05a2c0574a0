import { type Account, effectiveLimits } from '../accounts.ts'
import type { BatchState } from '../batch/batch-state.ts'
import { businessDay } from '../business-day.ts'
import { on } from '../daily-withdrawals.ts'
import type { Reason } from '../rejections.ts'
import type { Terms } from '../terms.ts'
import { canonicalCashRequest } from './canonical-request.ts'
import { debitBlocked, isCovered } from './checks.ts'
import { type CommandDefinition, posted, type Referenced, reject } from './definition.ts'

/** Takes cash out of an account, never more than is available. */
export interface Withdrawal extends Referenced {
  readonly kind: 'withdraw'
  readonly account: string
  /** Cents, 1 to `MAX_CENTS`. */
  readonly amount: bigint
}

export const withdraw: CommandDefinition<Withdrawal> = {
  requires: ({ account }) => ({ accounts: [account] }),

  canonicalRequest: ({ account, amount, reference }) =>
    canonicalCashRequest('withdraw', account, amount, reference),

  apply(state, { account: number, amount, reference }, terms) {
    const account = state.accounts.find(number)
    if (account === undefined) return reject('account_not_found')
    const declined = withdrawalDeclined(state, account, amount, terms)
    if (declined !== undefined) return reject(declined)
    const cash = state.accounts.cashDrawerFor(amount)
    if (cash === undefined) return reject('cash_limit_exceeded')
    return posted(state.postings.post('withdraw', account, cash, amount, { reference }))
  },
}

/** Why that many cents cannot be withdrawn from the account, wherever the cash comes from. */
export function withdrawalDeclined(
  state: BatchState,
  account: Account,
  amount: bigint,
  terms: Terms,
): Reason | undefined {
  const declined = debitBlocked(account) ?? limitExceeded(account, amount, state.nowMs, terms)
  if (declined !== undefined) return declined
  return isCovered(state, account, amount, terms) ? undefined : 'insufficient_funds'
}

/** Which limit on withdrawals would be exceeded, if any. */
function limitExceeded(account: Account, amount: bigint, nowMs: number, terms: Terms): Reason | undefined {
  const { withdrawal, dailyAmount, dailyCount } = effectiveLimits(account.limits, terms.limits)
  if (withdrawal !== undefined && amount > withdrawal) return 'withdrawal_limit_exceeded'
  if (dailyAmount === undefined && dailyCount === undefined) return undefined
  const today = on(businessDay(nowMs, terms.timeZone), account.withdrawn)
  if (dailyAmount !== undefined && today.amount + amount > dailyAmount) return 'daily_amount_limit_exceeded'
  if (dailyCount !== undefined && today.count + 1 > dailyCount) return 'daily_count_limit_exceeded'
  return undefined
}
