import { type AccountLimits, accountState, type AccountStatus } from '../accounts.ts'
import { unexpired } from '../holds.ts'
import { canonicalRequest } from './canonical-request.ts'
import { type CommandDefinition, reject, type Retryable } from './definition.ts'

/** Freezes, unfreezes or closes an account, or sets limits. What is not given stays as it is. */
export interface ChangeAccount extends Retryable {
  readonly kind: 'change'
  readonly account: string
  readonly status?: AccountStatus
  /** A limit that is given as undefined is again that of the deployment. */
  readonly limits?: Partial<AccountLimits>
}

export const changeAccount: CommandDefinition<ChangeAccount> = {
  effect: 'changes settings',

  requires: ({ account }) => ({ accounts: [account] }),

  canonicalRequest({ account, status, limits = {} }) {
    const sorted = Object.entries(limits).toSorted(([one], [other]) => (one < other ? -1 : 1))
    return canonicalRequest('change', account, status, ...sorted.flat())
  },

  apply(state, { account: number, status, limits = {} }, terms) {
    const account = state.accounts.find(number)
    if (account === undefined) return reject('account_not_found')
    const isClosedAlready = account.status === 'closed'
    if (isClosedAlready && (status !== 'closed' || Object.keys(limits).length > 0))
      return reject('account_closed')
    if (status === 'closed' && account.balance !== 0n) return reject('account_has_balance')
    if (status === 'closed' && unexpired(account.openHolds, state.nowMs).length > 0)
      return reject('account_has_holds')
    account.status = status ?? account.status
    account.limits = { ...account.limits, ...limits }
    if (!isClosedAlready) state.accounts.settingsChanged(account)
    return { status: 'changed', account: accountState(account, terms.limits, state.nowMs), replayed: false }
  },
}
