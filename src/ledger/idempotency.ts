import { hash } from 'node:crypto'
import { type Command, type Posted, type Rejected } from './commands.ts'

/** What is kept of a request that carried an idempotency key. */
export interface KeyRecord {
  /** See `keyDigest`. */
  readonly digest: string
  /** See `fingerprint`. */
  readonly fingerprint: string
  /** When it was decided, in milliseconds since 1970, UTC. */
  readonly atMs: number
  readonly outcome: Posted | Rejected
}

/**
 * The 16 bytes, one a character, under which a key is kept. A digest makes every key equally short on disk,
 * and two different keys with one digest are not to be expected before some 2^64 keys.
 */
export function keyDigest(key: string): string {
  return hash('sha256', key, 'binary').slice(0, 16)
}

/** What a request asked for, as 8 bytes, one a character, to tell a retry from another request with the same key. */
export function fingerprint(operation: Command['kind'], account: string, amount: bigint): string {
  return hash('sha256', `${operation} ${amount} ${account}`, 'binary').slice(0, 8)
}
