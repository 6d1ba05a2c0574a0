import { fits } from '../books.ts'
import type { Transfer } from '../commands.ts'
import { barredBetween, isCovered } from './checks.ts'
import { transferRequest } from './requests.ts'
import { posted, reject, type Rule } from './rule.ts'

export const transfer: Rule<Transfer> = {
  named: ({ from, to }) => ({ accounts: [from, to] }),

  request: ({ from, to, amount, reference }) => transferRequest(from, to, amount, reference),

  judge(books, { from, to, amount, reference }, terms) {
    if (from === to) return reject('same_account')
    const debit = books.account(from)
    const credit = books.account(to)
    if (debit === undefined || credit === undefined) return reject('account_not_found')
    const barred = barredBetween(debit, credit)
    if (barred !== undefined) return reject(barred)
    if (!isCovered(books, debit, amount, terms)) return reject('insufficient_funds')
    if (!fits(credit.balance + amount) || !fits(debit.balance - amount))
      return reject('balance_limit_exceeded')
    return posted(books.post('transfer', debit, credit, amount, { reference }))
  },
}
