import type { PlaceHold } from '../commands.ts'
import { MAX_OPEN_HOLDS } from '../holds.ts'
import { barredOut, isCovered } from './checks.ts'
import { requestText } from './requests.ts'
import { reject, type Rule } from './rule.ts'

export const placeHold: Rule<PlaceHold> = {
  named: ({ account }) => ({ accounts: [account] }),

  request: ({ account, amount, reference, expiresInMs }) =>
    requestText('hold', account, amount, reference, expiresInMs),

  judge(books, { account: number, amount, reference, expiresInMs }, terms) {
    const account = books.account(number)
    if (account === undefined) return reject('account_not_found')
    const barred = barredOut(account)
    if (barred !== undefined) return reject(barred)
    if (books.unexpiredHolds(account).length >= MAX_OPEN_HOLDS) return reject('too_many_holds')
    if (!isCovered(books, account, amount, terms)) return reject('insufficient_funds')
    const expiresAtMs = expiresInMs === undefined ? undefined : books.nowMs + expiresInMs
    return {
      status: 'held',
      hold: books.placeHold(account, { amount, expiresAtMs, reference }),
      replayed: false,
    }
  },
}
