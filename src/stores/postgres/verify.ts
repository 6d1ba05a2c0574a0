import { type AuditedAccount, type AuditedKeyRecord, type AuditReport, audit } from '../../ledger/audit.ts'
import type { Posting } from '../../ledger/postings.ts'
import { bytes, number, numberOrUndefined, type Row, textOrUndefined } from '../values.ts'
import { ACCOUNT_COLUMNS, accountFrom, SELECT_KEY_RECORDS } from './loading.ts'
import { POSTING_COLUMNS, postingFrom } from './posting-rows.ts'
import type { Parameter, Session } from './session.ts'

const CHUNK_LENGTH = 5_000

const POSTINGS = `SELECT ${POSTING_COLUMNS} FROM postings WHERE id > $1::bigint ORDER BY id LIMIT ${CHUNK_LENGTH}`

const ACCOUNTS = `SELECT ${ACCOUNT_COLUMNS} FROM accounts
  WHERE id > $1::bigint ORDER BY id LIMIT ${CHUNK_LENGTH}`

const KEY_RECORDS = `${SELECT_KEY_RECORDS}
  WHERE digest > $1::bytea ORDER BY digest LIMIT ${CHUNK_LENGTH}`

/** Audits the database as it is at one moment, also while instances write. */
export async function auditSnapshot(session: Session): Promise<AuditReport> {
  // All statements of the transaction see what the first one sees, and none of them waits for a writer.
  await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  const report = await audit({
    postings: () => pages<Posting>(session, POSTINGS, postingFrom, 'id', 0),
    accounts: () =>
      pages<AuditedAccount>(session, ACCOUNTS, (row) => ({ account: accountFrom(row) }), 'id', 0),
    keyRecords: () => pages<AuditedKeyRecord>(session, KEY_RECORDS, keyRecordFrom, 'digest', Buffer.alloc(0)),
  })
  await session.query('COMMIT')
  return report
}

/** Reads a table page by page, each from where the page before it ended in the order of `column`. */
async function* pages<Item>(
  session: Session,
  statement: string,
  itemFrom: (row: Row) => Item,
  column: 'id' | 'digest',
  start: Parameter,
): AsyncGenerator<readonly Item[]> {
  let after = start
  for (;;) {
    const rows = await session.query(statement, [after])
    yield rows.map(itemFrom)
    const last = rows.at(-1)
    if (last === undefined || rows.length < CHUNK_LENGTH) return
    after = column === 'id' ? number(last, column) : bytes(last, column)
  }
}

function keyRecordFrom(row: Row): AuditedKeyRecord {
  return {
    atMs: number(row, 'kept_at_ms'),
    fingerprint: bytes(row, 'fingerprint').toString('latin1'),
    postingId: numberOrUndefined(row, 'posting_id'),
    posting: row['id'] === null ? undefined : postingFrom(row),
    reason: textOrUndefined(row, 'reason'),
  }
}
