import { fits } from '../books.ts'
import type { Deposit } from '../commands.ts'
import { barredIn } from './checks.ts'
import { cashRequest } from './requests.ts'
import { posted, reject, type Rule } from './rule.ts'

export const deposit: Rule<Deposit> = {
  named: ({ account }) => ({ accounts: [account] }),

  request: ({ account, amount, reference }) => cashRequest('deposit', account, amount, reference),

  judge(books, { account: number, amount, reference }) {
    const account = books.account(number)
    if (account === undefined) return reject('account_not_found')
    const barred = barredIn(account)
    if (barred !== undefined) return reject(barred)
    if (!fits(account.balance + amount)) return reject('balance_limit_exceeded')
    const cash = books.cashDrawerFor(-amount)
    if (cash === undefined) return reject('cash_limit_exceeded')
    return posted(books.post('deposit', cash, account, amount, { reference }))
  },
}
