import { type Account, effectiveLimits } from '../accounts.ts'
import { businessDay } from '../business-day.ts'
import type { Withdrawal } from './commands.ts'
import { on } from '../daily-withdrawals.ts'
import type { Reason } from '../rejections.ts'
import type { Terms } from '../terms.ts'
import { debitBlocked, isCovered } from './checks.ts'
import { canonicalCashRequest } from './canonical-request.ts'
import { posted, reject, type CommandDefinition } from './definition.ts'

export const withdraw: CommandDefinition<Withdrawal> = {
  requires: ({ account }) => ({ accounts: [account] }),

  canonicalRequest: ({ account, amount, reference }) => canonicalCashRequest('withdraw', account, amount, reference),

  apply(books, { account: number, amount, reference }, terms) {
    const account = books.account(number)
    if (account === undefined) return reject('account_not_found')
    const refused = debitBlocked(account) ?? beyondLimits(account, amount, books.nowMs, terms)
    if (refused !== undefined) return reject(refused)
    if (!isCovered(books, account, amount, terms)) return reject('insufficient_funds')
    const cash = books.cashDrawerFor(amount)
    if (cash === undefined) return reject('cash_limit_exceeded')
    return posted(books.post('withdraw', account, cash, amount, { reference }))
  },
}

/** Which limit on withdrawals would be passed, if any. */
function beyondLimits(account: Account, amount: bigint, nowMs: number, terms: Terms): Reason | undefined {
  const { withdrawal, dailyAmount, dailyCount } = effectiveLimits(account.limits, terms.limits)
  if (withdrawal !== undefined && amount > withdrawal) return 'withdrawal_limit_exceeded'
  if (dailyAmount === undefined && dailyCount === undefined) return undefined
  const today = on(businessDay(nowMs, terms.timeZone), account.withdrawn)
  if (dailyAmount !== undefined && today.amount + amount > dailyAmount) return 'daily_amount_limit_exceeded'
  if (dailyCount !== undefined && today.count + 1 > dailyCount) return 'daily_count_limit_exceeded'
  return undefined
}
