import type { AuditedKeyRecord } from '../../../ledger/audit/source.ts'
import type { KeyRecord } from '../../../ledger/idempotency.ts'
import type { Outcome } from '../../../ledger/outcomes.ts'
import type { Posting } from '../../../ledger/postings.ts'
import type { Row } from '../../row-values.ts'
import { KEY_COLUMNS, keyRecordFrom, keyRowFrom, POSTING_COLUMNS, postingFrom } from '../../rows.ts'
import type { Session } from '../connection/session.ts'
import { bytesArray } from './arrays.ts'
import type { Entity, Loaded, References, ToLoad } from './entity.ts'
import { customersOf } from './postings.ts'

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

const SELECT = `${SELECT_KEY_RECORDS} WHERE digest = ANY ($1::bytea[])`

// Sent once the accounts are locked: another batch that posts under such a key to the same account has committed by then.
const LOCK = `${SELECT} ORDER BY digest FOR UPDATE OF keys`

const DELETE = 'DELETE FROM idempotency_keys WHERE digest = ANY ($1::bytea[])'

/** Idempotency records. The writing statement saves them. */
export const keys: Entity = {
  resolve(session, { otherDigests }) {
    if (otherDigests.length === 0) return undefined
    return session.query(SELECT, [bytesArray(otherDigests)]).then((rows) => {
      const found = rows.map((row) => referencesOf(joinedKeyRecord(row).outcome))
      return {
        accountIds: found.flatMap(({ accountIds }) => accountIds),
        holdIds: found.flatMap(({ holdIds }) => holdIds),
        postingIds: found.flatMap(({ postingIds }) => postingIds),
      }
    })
  },

  async load(session, { required: { digests } }) {
    const rows = digests.length > 0 ? await session.query(LOCK, [bytesArray(digests)]) : []
    return { keyRecords: rows.map(joinedKeyRecord) }
  },
}

/**
 * Whether a record of another request's key leads to a posting or a hold that was not there when the batch's references
 * were resolved: its accounts may not be locked.
 */
export function isUnresolved({ keyRecords }: Loaded, { required, references }: ToLoad): boolean {
  const others = new Set(required.otherDigests)
  return keyRecords.some(({ digest, outcome }) => {
    if (!others.has(digest)) return false
    const { holdIds, postingIds } = referencesOf(outcome)
    return (
      holdIds.some((id) => !references.holdIds.includes(id)) ||
      postingIds.some((id) => !references.postingIds.includes(id))
    )
  })
}

/** The hold that the request of that outcome has placed, or the posting that it has made. */
function referencesOf(outcome: Outcome): References {
  if (outcome.status === 'held')
    return { accountIds: [outcome.hold.accountId], holdIds: [outcome.hold.id], postingIds: [] }
  if (!('posting' in outcome)) return { accountIds: [], holdIds: [], postingIds: [] }
  return { accountIds: customersOf(outcome.posting), holdIds: [], postingIds: [outcome.posting.id] }
}

/** Makes room for records that replace these. Their rows are locked. */
export function deleteRecords(session: Session, records: readonly KeyRecord[]): Promise<unknown> {
  return session.query(DELETE, [bytesArray(records.map(({ digest }) => digest))])
}
