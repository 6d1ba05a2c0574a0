import type { KeyRecord } from '../../../ledger/idempotency.ts'
import { decodeOutcome, type StoredOutcome } from '../../../ledger/outcome-codec.ts'
import type { Posting } from '../../../ledger/postings.ts'
import { bytes, number, numberOrUndefined, type Row, textOrUndefined } from '../../row-values.ts'
import { POSTING_COLUMNS, postingFrom } from './posting-rows.ts'

/** Each record with the posting that it names, for a condition to follow. */
export const SELECT_KEY_RECORDS = `SELECT digest, fingerprint, keys.at_ms AS kept_at_ms, posting_id, reason, snapshot,
    ${POSTING_COLUMNS}
  FROM idempotency_keys AS keys LEFT JOIN postings ON postings.id = posting_id`

/** An idempotency record as its row has it. */
export interface KeyRow extends StoredOutcome, Pick<KeyRecord, 'fingerprint' | 'atMs'> {
  /** The posting that the record names, if there is one of that id. */
  readonly posting: Posting | undefined
}

export function keyRowFrom(row: Row): KeyRow {
  return {
    fingerprint: bytes(row, 'fingerprint').toString('latin1'),
    atMs: number(row, 'kept_at_ms'),
    postingId: numberOrUndefined(row, 'posting_id'),
    reason: textOrUndefined(row, 'reason'),
    snapshot: textOrUndefined(row, 'snapshot'),
    posting: row['id'] === null ? undefined : postingFrom(row),
  }
}

/** Throws where the record holds no outcome. */
export function keyRecordFrom(row: Row): KeyRecord {
  const kept = keyRowFrom(row)
  const { fingerprint, atMs, posting } = kept
  const digest = bytes(row, 'digest').toString('latin1')
  return { digest, fingerprint, atMs, outcome: decodeOutcome(kept, posting) }
}
