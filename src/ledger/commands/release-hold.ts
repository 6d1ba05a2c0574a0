import type { BatchState } from '../batch/batch-state.ts'
import type { Hold } from '../holds.ts'
import type { Outcome } from '../outcomes.ts'
import { canonicalRequest } from './canonical-request.ts'
import { holdEnded } from './checks.ts'
import { type CommandDefinition, reject, type Retryable } from './definition.ts'

/** Frees the money of a hold. */
export interface ReleaseHold extends Retryable {
  readonly kind: 'release'
  readonly holdId: number
}

export const releaseHold: CommandDefinition<ReleaseHold> = {
  effect: 'ends hold',

  requires: ({ holdId }) => ({ accounts: [], holds: [holdId] }),

  canonicalRequest: ({ holdId }) => canonicalRequest('release', holdId),

  apply(state, { holdId }) {
    const hold = state.holds.find(holdId)
    if (hold === undefined) return reject('hold_not_found')
    return release(state, hold)
  },
}

/** Frees the money of a hold whose request was never answered. It is the same to the sender if it was freed already. */
export function reverseHold(state: BatchState, holdId: number): Outcome {
  const hold = state.holds.find(holdId)
  if (hold === undefined) throw new Error(`hold ${holdId} is referred to and is not there; run verify`)
  return hold.state === 'released' ? { status: 'released', hold, replayed: false } : release(state, hold)
}

function release(state: BatchState, hold: Hold): Outcome {
  const ended = holdEnded(hold, state.nowMs)
  if (ended !== undefined) return reject(ended)
  return { status: 'released', hold: state.holds.end(hold, { state: 'released' }), replayed: false }
}
