import { hash } from 'node:crypto'
import type { KeyClosed, Outcome } from './outcomes.ts'

/** The idempotency record of a request that carried a key, or of a key that was closed. */
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
 * The 16 bytes, one a character, under which a key's record is stored. A digest makes every key equally short on disk,
 * and two different keys with one digest are not to be expected before some 2^64 keys.
 */
export function keyDigest(key: string): string {
  return hash('sha256', key, 'binary').slice(0, 16)
}

/** 8 bytes of a canonical request, one a character, to tell a retry from another request with the same key. */
export function fingerprint(canonicalRequest: string): string {
  return hash('sha256', canonicalRequest, 'binary').slice(0, 8)
}

/** The fingerprint of no request: the record of a key that was closed has it. */
const CLOSED = fingerprint('closed')

/** The record of a key from the moment at which it is closed. */
export function closedKeyRecord(digest: string, atMs: number, outcome: KeyClosed): KeyRecord {
  return { digest, fingerprint: CLOSED, atMs, outcome }
}

/** The outcome of closing the record's own key, if that was done. A reversal that closed another key has a record too. */
export function closedKeyOutcome({ fingerprint: recorded, outcome }: KeyRecord): KeyClosed | undefined {
  return outcome.status === 'key_closed' && recorded === CLOSED ? outcome : undefined
}

/** Whether the record still answers, `ttlMs` being its time to live. */
export function isLive({ atMs }: KeyRecord, nowMs: number, ttlMs: number): boolean {
  return nowMs - atMs < ttlMs
}
