import { canonicalRequest } from './canonical-request.ts'
import { debitBlocked, holdEnded } from './checks.ts'
import { type CommandDefinition, reject, type Retryable } from './definition.ts'

/** Takes money that is held out of the account, and frees the rest of the hold. */
export interface CaptureHold extends Retryable {
  readonly kind: 'capture'
  readonly holdId: number
  /** Cents, 1 to what is held; all of it when undefined. */
  readonly amount?: bigint
}

export const captureHold: CommandDefinition<CaptureHold> = {
  effect: 'ends hold',

  requires: ({ holdId }) => ({ accounts: [], holds: [holdId] }),

  canonicalRequest: ({ holdId, amount }) => canonicalRequest('capture', holdId, amount),

  apply(state, { holdId, amount: requested }) {
    const hold = state.holds.find(holdId)
    if (hold === undefined) return reject('hold_not_found')
    const account = state.accounts.get(hold.accountId)
    const declined = debitBlocked(account) ?? holdEnded(hold, state.nowMs)
    if (declined !== undefined) return reject(declined)
    const amount = requested ?? hold.amount
    if (amount > hold.amount) return reject('capture_exceeds_hold')
    const cash = state.accounts.cashDrawerFor(amount)
    if (cash === undefined) return reject('cash_limit_exceeded')
    const links = { holdId, reference: hold.reference }
    const posting = state.postings.post('capture', account, cash, amount, links)
    const end = { state: 'captured', capturedAmount: amount, capturePostingId: posting.id } as const
    return { status: 'captured', posting, hold: state.holds.end(hold, end), replayed: false }
  },
}
