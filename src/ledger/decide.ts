import type { Books } from './books.ts'
import type { Command } from './commands.ts'
import { closingOf, fingerprint, isKept, keyDigest } from './idempotency.ts'
import type { Outcome } from './outcomes.ts'
import { rejections } from './rejections.ts'
import { judge, requestOf } from './rules/all.ts'
import { reject } from './rules/rule.ts'
import type { Terms } from './terms.ts'

/**
 * Judges one command by the rules of the bank. Takes the working set, the command and the terms, writes what follows
 * into the working set and answers the outcome. It knows no clock, no driver and no network, so a rule is written
 * once and holds on every engine.
 */
export function decide(books: Books, command: Command, terms: Terms): Outcome {
  const { idempotencyKey } = command
  return idempotencyKey === undefined
    ? judge(books, command, terms)
    : judgeOnce(books, command, idempotencyKey, terms)
}

function judgeOnce(books: Books, command: Command, key: string, terms: Terms): Outcome {
  const asked = fingerprint(requestOf(command))
  const digest = keyDigest(key)
  const kept = books.recall(digest)
  if (kept !== undefined && isKept(kept, books.nowMs, terms.idempotencyTtlMs)) {
    if (closingOf(kept) !== undefined) return reject('idempotency_key_closed')
    return kept.fingerprint === asked ? { ...kept.outcome, replayed: true } : reject('idempotency_key_reused')
  }
  const outcome = judge(books, command, terms)
  if (outcome.status !== 'rejected' || rejections[outcome.reason] === 'decline')
    books.remember({ digest, fingerprint: asked, atMs: books.nowMs, outcome })
  return outcome
}
