import type { BatchState } from './batch-state.ts'
import type { Command } from './commands/commands.ts'
import { closedKeyOutcome, fingerprint, isLive, keyDigest } from './idempotency.ts'
import type { Outcome } from './outcomes.ts'
import { rejections } from './rejections.ts'
import { apply, canonicalRequestOf } from './commands/registry.ts'
import { reject } from './commands/definition.ts'
import type { Terms } from './terms.ts'

/**
 * Judges one command by the rules of the bank. Takes the working set, the command and the terms, writes what follows
 * into the working set and answers the outcome. It knows no clock, no driver and no network, so a rule is written
 * once and holds on every engine.
 */
export function decide(books: BatchState, command: Command, terms: Terms): Outcome {
  const { idempotencyKey } = command
  return idempotencyKey === undefined
    ? apply(books, command, terms)
    : applyOnce(books, command, idempotencyKey, terms)
}

function applyOnce(books: BatchState, command: Command, key: string, terms: Terms): Outcome {
  const asked = fingerprint(canonicalRequestOf(command))
  const digest = keyDigest(key)
  const kept = books.findKey(digest)
  if (kept !== undefined && isLive(kept, books.nowMs, terms.idempotencyTtlMs)) {
    if (closedKeyOutcome(kept) !== undefined) return reject('idempotency_key_closed')
    return kept.fingerprint === asked ? { ...kept.outcome, replayed: true } : reject('idempotency_key_reused')
  }
  const outcome = apply(books, command, terms)
  if (outcome.status !== 'rejected' || rejections[outcome.reason] === 'decline')
    books.saveKey({ digest, fingerprint: asked, atMs: books.nowMs, outcome })
  return outcome
}
