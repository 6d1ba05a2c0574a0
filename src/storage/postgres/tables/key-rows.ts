import type { AuditedKeyRecord } from '../../../ledger/audit/source.ts'
import type { KeyRecord } from '../../../ledger/idempotency.ts'
import type { Posting } from '../../../ledger/postings.ts'
import type { Row } from '../../row-values.ts'
import { KEY_COLUMNS, keyRecordFrom, keyRowFrom, POSTING_COLUMNS, postingFrom } from '../../rows.ts'

/** Each record with the posting that it names, for a condition to follow. */
export const SELECT_KEY_RECORDS = `SELECT ${KEY_COLUMNS}, ${POSTING_COLUMNS}
  FROM idempotency_keys AS keys LEFT JOIN postings ON postings.id = posting_id`

export function joinedKeyRow(row: Row): AuditedKeyRecord {
  return keyRowFrom(row, () => joinedPosting(row))
}

/** Throws where the record holds no outcome. */
export function joinedKeyRecord(row: Row): KeyRecord {
  return keyRecordFrom(row, () => joinedPosting(row))
}

/** The posting that was joined to a row, if there is one. */
export function joinedPosting(row: Row): Posting | undefined {
  return row['id'] === null ? undefined : postingFrom(row)
}
