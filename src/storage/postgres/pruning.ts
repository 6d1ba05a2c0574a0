import type { ReaderPool } from './connection/reader-pool.ts'

/** At most once in this time: a small piece, beside the batches and never in their way. */
const INTERVAL_MS = 500

/** At least this many go with each piece, and more than were added, so that it catches up. */
const PRUNED_AT_LEAST = 100

const PRUNED_AT_MOST = 10_000

// Rows that a batch or another instance has locked are left for another time.
const PRUNE = `DELETE FROM idempotency_keys WHERE digest IN (
  SELECT digest FROM idempotency_keys WHERE at_ms <= $1::bigint
  ORDER BY at_ms LIMIT $2::bigint FOR UPDATE SKIP LOCKED)`

/** Deletes expired idempotency records in small pieces, so that no request pays for a sweep. */
export class Pruning {
  readonly #pool: ReaderPool
  #added = 0
  #nextAtMs = 0
  #running: Promise<void> = Promise.resolve()

  constructor(pool: ReaderPool) {
    this.#pool = pool
  }

  /** To be called after each batch, with the keys it added and the time up to which records have expired. */
  batchCommitted(addedKeys: number, expiredAtMs: number): void {
    this.#added += addedKeys
    if (performance.now() < this.#nextAtMs) return
    const limit = Math.min(PRUNED_AT_LEAST + 2 * this.#added, PRUNED_AT_MOST)
    this.#added = 0
    this.#nextAtMs = Number.POSITIVE_INFINITY
    this.#running = this.#prune(expiredAtMs, limit).finally(() => {
      this.#nextAtMs = performance.now() + INTERVAL_MS
    })
  }

  /** Waits for what is under way. */
  finish(): Promise<void> {
    return this.#running
  }

  async #prune(expiredAtMs: number, limit: number): Promise<void> {
    // What fails is done with a later piece; other reads and writes report what is wrong.
    await this.#pool.read((session) => session.query(PRUNE, [expiredAtMs, limit])).catch(() => undefined)
  }
}
