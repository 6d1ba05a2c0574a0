import { accountState } from '../accounts.ts'
import type { ChangeAccount } from './commands.ts'
import { canonicalRequest } from './canonical-request.ts'
import { reject, type CommandDefinition } from './definition.ts'

export const changeAccount: CommandDefinition<ChangeAccount> = {
  requires: ({ account }) => ({ accounts: [account] }),

  canonicalRequest({ account, status, limits = {} }) {
    const named = Object.entries(limits).toSorted(([one], [other]) => (one < other ? -1 : 1))
    return canonicalRequest('change', account, status, ...named.flat())
  },

  apply(books, { account: number, status, limits = {} }, terms) {
    const account = books.account(number)
    if (account === undefined) return reject('account_not_found')
    const isClosedAlready = account.status === 'closed'
    if (isClosedAlready && (status !== 'closed' || Object.keys(limits).length > 0))
      return reject('account_closed')
    if (status === 'closed' && account.balance !== 0n) return reject('account_has_balance')
    if (status === 'closed' && books.unexpiredHolds(account).length > 0) return reject('account_has_holds')
    account.status = status ?? account.status
    account.limits = { ...account.limits, ...limits }
    if (!isClosedAlready) books.settingsChanged(account)
    return { status: 'changed', account: accountState(account, terms.limits, books.nowMs), replayed: false }
  },
}
