import { accountState } from '../accounts.ts'
import { fits } from '../batch-state.ts'
import type { OpenAccount } from './commands.ts'
import { canonicalRequest } from './canonical-request.ts'
import { reject, type CommandDefinition } from './definition.ts'

export const openAccount: CommandDefinition<OpenAccount> = {
  requires: ({ account }) => ({ accounts: [account] }),

  canonicalRequest: ({ account, isNumberAssigned = false, name, openingBalance, openingDeposit }) =>
    canonicalRequest('open', isNumberAssigned ? undefined : account, name, openingBalance, openingDeposit),

  apply(books, { account: number, name, openingBalance, openingDeposit = 0n }, terms) {
    if (books.account(number) !== undefined) return reject('account_exists')
    const balance = openingBalance + openingDeposit
    if (!fits(balance)) return reject('balance_limit_exceeded')
    const cash = books.cashDrawerFor(-balance)
    if (cash === undefined) return reject('cash_limit_exceeded')
    const account = books.openAccount(number, name)
    if (openingBalance > 0n) books.post('opening', cash, account, openingBalance)
    if (openingDeposit > 0n) books.post('deposit', cash, account, openingDeposit)
    const state = accountState(account, terms.limits, books.nowMs)
    return { status: 'opened', account: { ...state, name, openedAtMs: books.nowMs }, replayed: false }
  },
}
