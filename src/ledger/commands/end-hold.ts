import type { BatchState } from '../batch-state.ts'
import type { CaptureHold, ReleaseHold } from './commands.ts'
import { type Hold, holdStatus } from '../holds.ts'
import type { Outcome } from '../outcomes.ts'
import type { Reason } from '../rejections.ts'
import { debitBlocked } from './checks.ts'
import { canonicalRequest } from './canonical-request.ts'
import { reject, type CommandDefinition } from './definition.ts'

export const captureHold: CommandDefinition<CaptureHold> = {
  requires: ({ holdId }) => ({ accounts: [], holds: [holdId] }),

  canonicalRequest: ({ holdId, amount }) => canonicalRequest('capture', holdId, amount),

  apply(books, { holdId, amount: asked }) {
    const hold = books.hold(holdId)
    if (hold === undefined) return reject('hold_not_found')
    const account = books.accountById(hold.accountId)
    const refused = debitBlocked(account) ?? whyEnded(hold, books.nowMs)
    if (refused !== undefined) return reject(refused)
    const amount = asked ?? hold.amount
    if (amount > hold.amount) return reject('capture_exceeds_hold')
    const cash = books.cashDrawerFor(amount)
    if (cash === undefined) return reject('cash_limit_exceeded')
    const links = { holdId, reference: hold.reference }
    const posting = books.post('capture', account, cash, amount, links)
    const end = { state: 'captured', capturedAmount: amount, capturePostingId: posting.id } as const
    return { status: 'captured', posting, hold: books.endHold(hold, end), replayed: false }
  },
}

export const releaseHold: CommandDefinition<ReleaseHold> = {
  requires: ({ holdId }) => ({ accounts: [], holds: [holdId] }),

  canonicalRequest: ({ holdId }) => canonicalRequest('release', holdId),

  apply(books, { holdId }) {
    const hold = books.hold(holdId)
    if (hold === undefined) return reject('hold_not_found')
    return freed(books, hold)
  },
}

/** Gives back the money of a hold whose request was never answered: it is free afterwards, whoever has freed it. */
export function giveBackHold(books: BatchState, holdId: number): Outcome {
  const hold = books.hold(holdId)
  if (hold === undefined) throw new Error(`hold ${holdId} was named and is not there; run verify`)
  return hold.state === 'released' ? { status: 'released', hold, replayed: false } : freed(books, hold)
}

function freed(books: BatchState, hold: Hold): Outcome {
  const ended = whyEnded(hold, books.nowMs)
  if (ended !== undefined) return reject(ended)
  return { status: 'released', hold: books.endHold(hold, { state: 'released' }), replayed: false }
}

const endings = { captured: 'hold_captured', released: 'hold_released', expired: 'hold_expired' } as const

/** Why nothing more can come of the hold, if it has ended. */
function whyEnded(hold: Hold, nowMs: number): Reason | undefined {
  const status = holdStatus(hold, nowMs)
  return status === 'open' ? undefined : endings[status]
}
