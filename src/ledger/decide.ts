import type { BatchState } from './batch/batch-state.ts'
import { reject } from './commands/definition.ts'
import { apply, canonicalRequestOf, type Command } from './commands/registry.ts'
import { closedKeyOutcome, fingerprint, isLive, keyDigest } from './idempotency.ts'
import type { Outcome } from './outcomes.ts'
import { rejections } from './rejections.ts'
import type { Terms } from './terms.ts'

/**
 * Decides one command: writes what follows from it into the state of its batch, and answers the outcome. It uses no
 * clock, no driver and no network, so a rule is written once and holds on every engine.
 */
export function decide(state: BatchState, command: Command, terms: Terms): Outcome {
  const { idempotencyKey } = command
  return idempotencyKey === undefined
    ? apply(state, command, terms)
    : applyOnce(state, command, idempotencyKey, terms)
}

function applyOnce(state: BatchState, command: Command, key: string, terms: Terms): Outcome {
  const requested = fingerprint(canonicalRequestOf(command))
  const digest = keyDigest(key)
  const record = state.keys.find(digest)
  if (record !== undefined && isLive(record, state.nowMs, terms.idempotencyTtlMs)) {
    if (closedKeyOutcome(record) !== undefined) return reject('idempotency_key_closed')
    if (record.fingerprint !== requested) return reject('idempotency_key_reused')
    return { ...record.outcome, replayed: true }
  }
  const outcome = apply(state, command, terms)
  if (outcome.status !== 'rejected' || rejections[outcome.reason] === 'decline')
    state.keys.save({ digest, fingerprint: requested, atMs: state.nowMs, outcome })
  return outcome
}
