import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { StoredKeyRecord } from '../../ledger/audit.ts'
import type { KeyRecord } from '../../ledger/idempotency.ts'
import { reasonFrom } from '../../ledger/rejections.ts'
import { prepare } from './database.ts'
import { DigestIndex } from './digest-index.ts'
import type { PostingTable } from './posting-table.ts'
import { bytes, number, numberOrUndefined, type Row, textOrUndefined } from '../values.ts'

/** At least so many expired records go with each commit, so that they go even when no new ones come. */
const PRUNED_AT_LEAST = 16

/**
 * The idempotency records: appended in the order of time, found through an index in memory, pruned from the oldest
 * on, a few with each commit. What a transaction adds or prunes reaches the index only once it has committed.
 */
export class KeyTable {
  readonly #postings: PostingTable
  readonly #insert: StatementSync
  readonly #select: StatementSync
  readonly #selectOldest: StatementSync
  readonly #deleteUpTo: StatementSync
  readonly #index = new DigestIndex()
  #latestId = 0
  #oldestAtMs: number
  #added: { digest: string; id: number }[] = []
  #pruned: { digest: string; id: number }[] = []

  constructor(database: DatabaseSync, postings: PostingTable) {
    this.#postings = postings
    const columns = 'id, at_ms, digest, fingerprint, posting_id, reason'
    this.#insert = prepare(database, `INSERT INTO idempotency_keys (${columns}) VALUES (?, ?, ?, ?, ?, ?)`)
    this.#select = prepare(database, `SELECT ${columns} FROM idempotency_keys WHERE id = ?`)
    this.#selectOldest = prepare(
      database,
      'SELECT id, at_ms, digest FROM idempotency_keys ORDER BY id LIMIT ?',
    )
    this.#deleteUpTo = prepare(database, 'DELETE FROM idempotency_keys WHERE id <= ?')
    for (const row of prepare(database, 'SELECT id, digest FROM idempotency_keys ORDER BY id').iterate()) {
      this.#latestId = number(row, 'id')
      this.#index.add(bytes(row, 'digest').toString('latin1'), this.#latestId)
    }
    this.#oldestAtMs = this.#readOldestAtMs()
  }

  /** The newest record kept under the digest, expired or not. */
  find(digest: string): KeyRecord | undefined {
    for (const id of this.#index.candidates(digest).toSorted((left, right) => right - left)) {
      const row = this.#select.get(id)
      if (row !== undefined && bytes(row, 'digest').toString('latin1') === digest)
        return this.#recordFrom(row, digest)
    }
    return undefined
  }

  insert(record: KeyRecord): void {
    const { digest, fingerprint, atMs, outcome } = record
    const id = this.#latestId + this.#added.length + 1
    this.#insert.run(
      id,
      atMs,
      Buffer.from(digest, 'latin1'),
      Buffer.from(fingerprint, 'latin1'),
      outcome.status === 'posted' ? outcome.posting.id : null,
      outcome.status === 'rejected' ? outcome.reason : null,
    )
    this.#added.push({ digest, id })
  }

  /** Forgets some of the records from `expiredAtMs` or before: more than are added, so that it catches up. */
  prune(expiredAtMs: number): void {
    if (this.#oldestAtMs > expiredAtMs) return
    const limit = PRUNED_AT_LEAST + 2 * this.#added.length
    // Stopping at the first live record keeps this short, and spares it where the clock was once set back.
    for (const row of this.#selectOldest.iterate(limit)) {
      if (number(row, 'at_ms') > expiredAtMs) break
      this.#pruned.push({ digest: bytes(row, 'digest').toString('latin1'), id: number(row, 'id') })
    }
    const last = this.#pruned.at(-1)
    if (last !== undefined) this.#deleteUpTo.run(last.id)
  }

  /** To be called when the transaction has committed, at `nowMs`. */
  committed(nowMs: number): void {
    if (this.#pruned.length > 0) this.#oldestAtMs = this.#readOldestAtMs()
    else if (this.#added.length > 0) this.#oldestAtMs = Math.min(this.#oldestAtMs, nowMs)
    this.#latestId += this.#added.length
    for (const { digest, id } of this.#added) this.#index.add(digest, id)
    for (const { digest, id } of this.#pruned) this.#index.delete(digest, id)
    this.rolledBack()
  }

  /** To be called when the transaction has not committed. */
  rolledBack(): void {
    this.#added = []
    this.#pruned = []
  }

  #readOldestAtMs(): number {
    const row = this.#selectOldest.get(1)
    return row === undefined ? Number.POSITIVE_INFINITY : number(row, 'at_ms')
  }

  #recordFrom(row: Row, digest: string): KeyRecord {
    const stored = storedRecordFrom(row)
    const common = { digest, fingerprint: stored.fingerprint, atMs: stored.atMs }
    if (stored.postingId === undefined) {
      const reason = reasonFrom(stored.reason ?? '')
      return { ...common, outcome: { status: 'rejected', reason, replayed: false } }
    }
    const posting = this.#postings.find(stored.postingId)
    if (posting === undefined)
      throw new Error('an idempotency record names a posting that is not there; run verify')
    return { ...common, outcome: { status: 'posted', posting, replayed: false } }
  }
}

/** All records as stored, for `verify`. */
export function* allKeyRecords(database: DatabaseSync): Generator<StoredKeyRecord> {
  const statement = prepare(
    database,
    'SELECT at_ms, fingerprint, posting_id, reason FROM idempotency_keys ORDER BY id',
  )
  for (const row of statement.iterate()) yield storedRecordFrom(row)
}

function storedRecordFrom(row: Row): StoredKeyRecord {
  return {
    atMs: number(row, 'at_ms'),
    fingerprint: bytes(row, 'fingerprint').toString('latin1'),
    postingId: numberOrUndefined(row, 'posting_id'),
    reason: textOrUndefined(row, 'reason'),
  }
}
