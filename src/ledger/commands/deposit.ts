import { fits } from '../batch-state.ts'
import type { Deposit } from './commands.ts'
import { creditBlocked } from './checks.ts'
import { canonicalCashRequest } from './canonical-request.ts'
import { posted, reject, type CommandDefinition } from './definition.ts'

export const deposit: CommandDefinition<Deposit> = {
  requires: ({ account }) => ({ accounts: [account] }),

  canonicalRequest: ({ account, amount, reference }) => canonicalCashRequest('deposit', account, amount, reference),

  apply(books, { account: number, amount, reference }) {
    const account = books.account(number)
    if (account === undefined) return reject('account_not_found')
    const barred = creditBlocked(account)
    if (barred !== undefined) return reject(barred)
    if (!fits(account.balance + amount)) return reject('balance_limit_exceeded')
    const cash = books.cashDrawerFor(-amount)
    if (cash === undefined) return reject('cash_limit_exceeded')
    return posted(books.post('deposit', cash, account, amount, { reference }))
  },
}
