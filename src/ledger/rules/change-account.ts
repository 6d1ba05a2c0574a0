import { accountState } from '../accounts.ts'
import type { ChangeAccount } from '../commands.ts'
import { requestText } from './requests.ts'
import { reject, type Rule } from './rule.ts'

export const changeAccount: Rule<ChangeAccount> = {
  named: ({ account }) => ({ accounts: [account] }),

  request({ account, status, limits = {} }) {
    const named = Object.entries(limits).toSorted(([one], [other]) => (one < other ? -1 : 1))
    return requestText('change', account, status, ...named.flat())
  },

  judge(books, { account: number, status, limits = {} }, terms) {
    const account = books.account(number)
    if (account === undefined) return reject('account_not_found')
    const isClosedAlready = account.status === 'closed'
    if (isClosedAlready && (status !== 'closed' || Object.keys(limits).length > 0))
      return reject('account_closed')
    if (status === 'closed' && account.balance !== 0n) return reject('account_has_balance')
    if (status === 'closed' && books.unexpiredHolds(account).length > 0) return reject('account_has_holds')
    account.status = status ?? account.status
    account.limits = { ...account.limits, ...limits }
    if (!isClosedAlready) books.altered(account)
    return { status: 'changed', account: accountState(account, terms.limits, books.nowMs), replayed: false }
  },
}
