import { MAX_OPEN_HOLDS, unexpired } from '../holds.ts'
import { canonicalRequest } from './canonical-request.ts'
import { debitBlocked, isCovered } from './checks.ts'
import { type CommandDefinition, type Referenced, reject } from './definition.ts'

/** Sets money of an account aside. */
export interface PlaceHold extends Referenced {
  readonly kind: 'hold'
  readonly account: string
  /** Cents, 1 to `MAX_CENTS`. */
  readonly amount: bigint
  /** Milliseconds until the hold expires; never when undefined. */
  readonly expiresInMs?: number
}

export const placeHold: CommandDefinition<PlaceHold> = {
  effect: 'places hold',

  requires: ({ account }) => ({ accounts: [account] }),

  canonicalRequest: ({ account, amount, reference, expiresInMs }) =>
    canonicalRequest('hold', account, amount, reference, expiresInMs),

  apply(state, { account: number, amount, reference, expiresInMs }, terms) {
    const account = state.accounts.find(number)
    if (account === undefined) return reject('account_not_found')
    const blocked = debitBlocked(account)
    if (blocked !== undefined) return reject(blocked)
    if (unexpired(account.openHolds, state.nowMs).length >= MAX_OPEN_HOLDS) return reject('too_many_holds')
    if (!isCovered(state, account, amount, terms)) return reject('insufficient_funds')
    const expiresAtMs = expiresInMs === undefined ? undefined : state.nowMs + expiresInMs
    const hold = state.holds.place(account, { amount, expiresAtMs, reference })
    return { status: 'held', hold, replayed: false }
  },
}
