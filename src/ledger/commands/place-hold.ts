import type { PlaceHold } from './commands.ts'
import { MAX_OPEN_HOLDS } from '../holds.ts'
import { debitBlocked, isCovered } from './checks.ts'
import { canonicalRequest } from './canonical-request.ts'
import { reject, type CommandDefinition } from './definition.ts'

export const placeHold: CommandDefinition<PlaceHold> = {
  requires: ({ account }) => ({ accounts: [account] }),

  canonicalRequest: ({ account, amount, reference, expiresInMs }) =>
    canonicalRequest('hold', account, amount, reference, expiresInMs),

  apply(books, { account: number, amount, reference, expiresInMs }, terms) {
    const account = books.account(number)
    if (account === undefined) return reject('account_not_found')
    const barred = debitBlocked(account)
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
