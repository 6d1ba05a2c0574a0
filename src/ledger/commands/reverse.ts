import type { BatchState } from '../batch/batch-state.ts'
import { closedKeyOutcome, closedKeyRecord, isLive, keyDigest } from '../idempotency.ts'
import type { Outcome } from '../outcomes.ts'
import { isReversible } from '../postings.ts'
import type { Terms } from '../terms.ts'
import { canonicalRequest } from './canonical-request.ts'
import { type CommandDefinition, reject, type Retryable } from './definition.ts'
import { reverseHold } from './release-hold.ts'
import { reversePosting } from './reverse-posting.ts'

/** Gives back all or part of what a posting moved. */
export interface Reverse extends Retryable {
  readonly kind: 'reverse'
  /**
   * The posting, by its id or by the key of the request that made it, which may never have arrived. By its key a hold
   * is given back too.
   */
  readonly original: { readonly postingId: number } | { readonly idempotencyKey: string }
  /** Cents, 1 to `MAX_CENTS`; all that is left when undefined. */
  readonly amount?: bigint
  /** At most `MAX_REFERENCE_LENGTH` characters. */
  readonly reason?: string
}

export const reverse: CommandDefinition<Reverse> = {
  requires: ({ original }) =>
    'postingId' in original
      ? { accounts: [], postings: [original.postingId] }
      : { accounts: [], keys: [original.idempotencyKey] },

  canonicalRequest({ original, amount, reason }) {
    const reversed = 'postingId' in original ? original.postingId : original.idempotencyKey
    return canonicalRequest('reverse', reversed, amount, reason)
  },

  apply(state, command, terms) {
    const { original, idempotencyKey } = command
    if ('postingId' in original) {
      const reversible = state.postings.findReversible(original.postingId)
      if (reversible === undefined) return reject('transaction_not_found')
      return reversePosting(state, reversible, command, terms)
    }
    // Closing its own key would leave no room for its own answer.
    if (original.idempotencyKey === idempotencyKey) return reject('idempotency_key_reused')
    return reverseByKey(state, original.idempotencyKey, command, terms)
  },
}

function reverseByKey(state: BatchState, key: string, command: Reverse, terms: Terms): Outcome {
  const digest = keyDigest(key)
  const record = state.keys.find(digest)
  const isKnown = record !== undefined && isLive(record, state.nowMs, terms.idempotencyTtlMs)
  // Nothing moves under a key that is closed after a decline either.
  if (!isKnown || record.outcome.status === 'rejected') return closeKey(state, digest, terms)
  const closed = closedKeyOutcome(record)
  if (closed !== undefined) return closed
  const { outcome } = record
  // A hold has moved nothing, so there is no part of it to give back.
  if (outcome.status === 'held' && command.amount === undefined) return reverseHold(state, outcome.hold.id)
  if (outcome.status !== 'posted' && outcome.status !== 'captured') return reject('not_reversible')
  // A reversal that was repeated in this batch is none of the postings that were loaded to be reversed.
  if (!isReversible(outcome.posting)) return reject('not_reversible')
  return reversePosting(state, state.postings.reversible(outcome.posting), command, terms)
}

/** What comes under the key from now on is declined. */
function closeKey(state: BatchState, digest: string, terms: Terms): Outcome {
  const { nowMs } = state
  const outcome = { status: 'key_closed', untilMs: nowMs + terms.idempotencyTtlMs, replayed: false } as const
  state.keys.save(closedKeyRecord(digest, nowMs, outcome))
  return outcome
}
