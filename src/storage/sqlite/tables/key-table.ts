import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { AuditedKeyRecord } from '../../../ledger/audit/source.ts'
import type { KeyRecord } from '../../../ledger/idempotency.ts'
import { encodeOutcome } from '../../../ledger/outcome-codec.ts'
import { CHECKED_COLUMNS, checksumOf } from './checksums.ts'
import { prepare } from './statements.ts'
import { DigestIndex } from './digest-index.ts'
import type { PostingTable } from './posting-table.ts'
import { bytes, number } from '../../row-values.ts'
import { KEY_COLUMNS, keyRecordFrom, keyRowFrom } from '../../rows.ts'

const SELECT_RECORDS = `SELECT ${KEY_COLUMNS} FROM idempotency_keys AS keys`

/** Each commit deletes at least this many expired records, so that they go even when no new ones come. */
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
    this.#insert = prepare(
      database,
      `INSERT INTO idempotency_keys (${CHECKED_COLUMNS.idempotency_keys}, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#select = prepare(database, `${SELECT_RECORDS} WHERE keys.id = ?`)
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

  /** The newest record under the digest, expired or not. */
  find(digest: string): KeyRecord | undefined {
    for (const id of this.#index.candidates(digest).toSorted((left, right) => right - left)) {
      const row = this.#select.get(id)
      if (row !== undefined && bytes(row, 'digest').toString('latin1') === digest)
        return keyRecordFrom(row, (postingId) => this.#postings.find(postingId))
    }
    return undefined
  }

  insert(record: KeyRecord): void {
    const { digest, fingerprint, atMs, outcome } = record
    const { postingId, reason, snapshot } = encodeOutcome(outcome)
    const id = this.#latestId + this.#added.length + 1
    const values = [
      id,
      atMs,
      Buffer.from(digest, 'latin1'),
      Buffer.from(fingerprint, 'latin1'),
      postingId ?? null,
      reason ?? null,
      snapshot ?? null,
    ]
    this.#insert.run(...values, checksumOf(values))
    this.#added.push({ digest, id })
  }

  /** Deletes some of the records from `expiredAtMs` or before: more than are added, so that it catches up. */
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
}

/** All records as stored, for `verify`. */
export function* allKeyRecords(database: DatabaseSync, postings: PostingTable): Generator<AuditedKeyRecord> {
  for (const row of prepare(database, `${SELECT_RECORDS} ORDER BY keys.id`).iterate())
    yield keyRowFrom(row, (id) => postings.find(id))
}
