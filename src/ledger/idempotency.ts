import { hash } from 'node:crypto'
import type { KeyClosed, Outcome } from './outcomes.ts'

/** What is kept of a request that carried an idempotency key, or of a key that was closed. */
export interface KeyRecord {
  /** See `keyDigest`. */
  readonly digest: string
  /** See `fingerprint`. */
  readonly fingerprint: string
  /** When it was decided, in milliseconds since 1970, UTC. */
  readonly atMs: number
  readonly outcome: Outcome
}

/**
 * The 16 bytes, one a character, under which a key is kept. A digest makes every key equally short on disk,
 * and two different keys with one digest are not to be expected before some 2^64 keys.
 */
export function keyDigest(key: string): string {
  return hash('sha256', key, 'binary').slice(0, 16)
}

/** What a request asked for, as 8 bytes, one a character, to tell a retry from another request with the same key. */
export function fingerprint(request: string): string {
  return hash('sha256', request, 'binary').slice(0, 8)
}

/** The fingerprint of no request: the record of a key that was closed has it. */
const CLOSED = fingerprint('closed')

/** What is kept under a key from the moment at which it is closed. */
export function closedKeyRecord(digest: string, atMs: number, outcome: KeyClosed): KeyRecord {
  return { digest, fingerprint: CLOSED, atMs, outcome }
}

/** The outcome of closing the record's own key, if that was done: a reversal that has closed another key is kept too. */
export function closedKeyOutcome({ fingerprint: kept, outcome }: KeyRecord): KeyClosed | undefined {
  return outcome.status === 'key_closed' && kept === CLOSED ? outcome : undefined
}

/** Whether the record still answers, `ttlMs` being how long outcomes are kept. */
export function isLive({ atMs }: KeyRecord, nowMs: number, ttlMs: number): boolean {
  return nowMs - atMs < ttlMs
}
