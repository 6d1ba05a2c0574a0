import type { BatchState } from '../batch-state.ts'
import type { Reverse } from './commands.ts'
import { closedKeyRecord, closedKeyOutcome, isLive, keyDigest } from '../idempotency.ts'
import type { Outcome } from '../outcomes.ts'
import { isReversible } from '../postings.ts'
import type { Terms } from '../terms.ts'
import { giveBackHold } from './end-hold.ts'
import { giveBack } from './reverse-posting.ts'
import { canonicalRequest } from './canonical-request.ts'
import { reject, type CommandDefinition } from './definition.ts'

export const reverse: CommandDefinition<Reverse> = {
  requires: ({ original }) =>
    'postingId' in original
      ? { accounts: [], postings: [original.postingId] }
      : { accounts: [], keys: [original.idempotencyKey] },

  canonicalRequest({ original, amount, reason }) {
    const named = 'postingId' in original ? original.postingId : original.idempotencyKey
    return canonicalRequest('reverse', named, amount, reason)
  },

  apply(books, command, terms) {
    const { original, idempotencyKey } = command
    if ('postingId' in original) {
      const reversible = books.reversible(original.postingId)
      if (reversible === undefined) return reject('transaction_not_found')
      return giveBack(books, reversible, command, terms)
    }
    // Closing its own key would leave no room for its own answer.
    if (original.idempotencyKey === idempotencyKey) return reject('idempotency_key_reused')
    return reverseByKey(books, original.idempotencyKey, command, terms)
  },
}

function reverseByKey(books: BatchState, key: string, command: Reverse, terms: Terms): Outcome {
  const digest = keyDigest(key)
  const kept = books.findKey(digest)
  const isKnown = kept !== undefined && isLive(kept, books.nowMs, terms.idempotencyTtlMs)
  // Nothing moves under a key that is closed after a decline either.
  if (!isKnown || kept.outcome.status === 'rejected') return closeKey(books, digest, terms)
  const closing = closedKeyOutcome(kept)
  if (closing !== undefined) return closing
  const { outcome } = kept
  // A hold has moved nothing, so there is no part of it to give back.
  if (outcome.status === 'held' && command.amount === undefined) return giveBackHold(books, outcome.hold.id)
  if (outcome.status !== 'posted' && outcome.status !== 'captured') return reject('not_reversible')
  // A reversal that this batch has answered once more is none of the postings that were loaded to be reversed.
  if (!isReversible(outcome.posting)) return reject('not_reversible')
  return giveBack(books, books.reversibleOf(outcome.posting), command, terms)
}

/** What comes under the key from now on is declined. */
function closeKey(books: BatchState, digest: string, terms: Terms): Outcome {
  const { nowMs } = books
  const outcome = { status: 'key_closed', untilMs: nowMs + terms.idempotencyTtlMs, replayed: false } as const
  books.saveKey(closedKeyRecord(digest, nowMs, outcome))
  return outcome
}
