import { accountState } from '../accounts.ts'
import { fits } from '../batch/batch-accounts.ts'
import { canonicalRequest } from './canonical-request.ts'
import { type CommandDefinition, reject, type Retryable } from './definition.ts'

/** Opens an account. */
export interface OpenAccount extends Retryable {
  readonly kind: 'open'
  readonly account: string
  /** Whether the number was generated for this command: a retry may come with another one, and is the same request. */
  readonly isNumberAssigned?: boolean
  /** The holder's name. */
  readonly name?: string
  /** What the account comes with, in cents, 0 to `MAX_CENTS`: a posting like any other, but no part of its history. */
  readonly openingBalance: bigint
  /** What the holder puts in, in cents, 1 to `MAX_CENTS`: the first deposit of its history. */
  readonly openingDeposit?: bigint
}

export const openAccount: CommandDefinition<OpenAccount> = {
  effect: 'opens account',

  requires: ({ account }) => ({ accounts: [account] }),

  canonicalRequest: ({ account, isNumberAssigned = false, name, openingBalance, openingDeposit }) =>
    canonicalRequest('open', isNumberAssigned ? undefined : account, name, openingBalance, openingDeposit),

  apply(state, { account: number, name, openingBalance, openingDeposit = 0n }, terms) {
    if (state.accounts.find(number) !== undefined) return reject('account_exists')
    const balance = openingBalance + openingDeposit
    if (!fits(balance)) return reject('balance_limit_exceeded')
    const cash = state.accounts.cashDrawerFor(-balance)
    if (cash === undefined) return reject('cash_limit_exceeded')
    const account = state.accounts.open(number, name)
    if (openingBalance > 0n) state.postings.post('opening', cash, account, openingBalance)
    if (openingDeposit > 0n) state.postings.post('deposit', cash, account, openingDeposit)
    const opened = accountState(account, terms.limits, state.nowMs)
    return { status: 'opened', account: { ...opened, name, openedAtMs: state.nowMs }, replayed: false }
  },
}
