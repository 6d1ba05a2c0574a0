import type { Account } from '../accounts.ts'
import { fits } from '../batch/batch-accounts.ts'
import type { Reason } from '../rejections.ts'
import { canonicalCashRequest } from './canonical-request.ts'
import { creditBlocked } from './checks.ts'
import { type CommandDefinition, posted, type Referenced, reject } from './definition.ts'

/** Puts cash into an account. */
export interface Deposit extends Referenced {
  readonly kind: 'deposit'
  readonly account: string
  /** Cents, 1 to `MAX_CENTS`. */
  readonly amount: bigint
}

export const deposit: CommandDefinition<Deposit> = {
  requires: ({ account }) => ({ accounts: [account] }),

  canonicalRequest: ({ account, amount, reference }) =>
    canonicalCashRequest('deposit', account, amount, reference),

  apply(state, { account: number, amount, reference }) {
    const account = state.accounts.find(number)
    if (account === undefined) return reject('account_not_found')
    const declined = depositDeclined(account, amount)
    if (declined !== undefined) return reject(declined)
    const cash = state.accounts.cashDrawerFor(-amount)
    if (cash === undefined) return reject('cash_limit_exceeded')
    return posted(state.postings.post('deposit', cash, account, amount, { reference }))
  },
}

/** Why that many cents cannot be paid into the account, wherever the cash goes. */
export function depositDeclined(account: Account, amount: bigint): Reason | undefined {
  return creditBlocked(account) ?? (fits(account.balance + amount) ? undefined : 'balance_limit_exceeded')
}
