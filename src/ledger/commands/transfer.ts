import { fits } from '../batch/batch-accounts.ts'
import { canonicalRequest } from './canonical-request.ts'
import { isCovered, transferBlocked } from './checks.ts'
import { type CommandDefinition, posted, type Referenced, reject } from './definition.ts'

/** Moves money from one customer to another. */
export interface Transfer extends Referenced {
  readonly kind: 'transfer'
  readonly from: string
  readonly to: string
  /** Cents, 1 to `MAX_CENTS`. */
  readonly amount: bigint
}

export const transfer: CommandDefinition<Transfer> = {
  requires: ({ from, to }) => ({ accounts: [from, to] }),

  canonicalRequest: ({ from, to, amount, reference }) =>
    canonicalRequest('transfer', from, to, amount, reference),

  apply(state, { from, to, amount, reference }, terms) {
    if (from === to) return reject('same_account')
    const debit = state.accounts.find(from)
    const credit = state.accounts.find(to)
    if (debit === undefined || credit === undefined) return reject('account_not_found')
    const blocked = transferBlocked(debit, credit)
    if (blocked !== undefined) return reject(blocked)
    if (!isCovered(state, debit, amount, terms)) return reject('insufficient_funds')
    if (!fits(credit.balance + amount) || !fits(debit.balance - amount))
      return reject('balance_limit_exceeded')
    return posted(state.postings.post('transfer', debit, credit, amount, { reference }))
  },
}
