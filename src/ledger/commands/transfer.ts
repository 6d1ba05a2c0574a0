import { fits } from '../batch-state.ts'
import type { Transfer } from './commands.ts'
import { transferBlocked, isCovered } from './checks.ts'
import { canonicalTransferRequest } from './canonical-request.ts'
import { posted, reject, type CommandDefinition } from './definition.ts'

export const transfer: CommandDefinition<Transfer> = {
  requires: ({ from, to }) => ({ accounts: [from, to] }),

  canonicalRequest: ({ from, to, amount, reference }) => canonicalTransferRequest(from, to, amount, reference),

  apply(books, { from, to, amount, reference }, terms) {
    if (from === to) return reject('same_account')
    const debit = books.account(from)
    const credit = books.account(to)
    if (debit === undefined || credit === undefined) return reject('account_not_found')
    const barred = transferBlocked(debit, credit)
    if (barred !== undefined) return reject(barred)
    if (!isCovered(books, debit, amount, terms)) return reject('insufficient_funds')
    if (!fits(credit.balance + amount) || !fits(debit.balance - amount))
      return reject('balance_limit_exceeded')
    return posted(books.post('transfer', debit, credit, amount, { reference }))
  },
}
