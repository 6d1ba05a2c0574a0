import { audit, type AuditReport, type AuditSource } from '../../../state-machine/audit.ts'
import type {
  AuditedAccount,
  AuditedHold,
  AuditedKeyRecord,
  AuditedReversal,
} from '../../../ledger/audit/source.ts'
import type { Posting } from '../../../ledger/postings.ts'
import { bytes, number, type Row } from '../../row-values.ts'
import {
  ACCOUNT_COLUMNS,
  accountFrom,
  HOLD_COLUMNS,
  holdFrom,
  HOLDS,
  POSTING_COLUMNS,
  postingFrom,
} from '../../rows.ts'
import { integerArray } from '../tables/arrays.ts'
import { joinedKeyRow, joinedPosting, SELECT_KEY_RECORDS } from '../tables/keys.ts'
import { damagedIndexes } from './index-check.ts'
import type { Parameter, Session } from '../connection/session.ts'

const CHUNK_LENGTH = 5_000

const POSTINGS = `SELECT ${POSTING_COLUMNS} FROM postings WHERE id > $1::bigint ORDER BY id LIMIT ${CHUNK_LENGTH}`

const ACCOUNTS = `SELECT ${ACCOUNT_COLUMNS} FROM accounts
  WHERE id > $1::bigint ORDER BY id LIMIT ${CHUNK_LENGTH}`

const HELD = `SELECT ${HOLD_COLUMNS}, ${POSTING_COLUMNS}
  FROM ${HOLDS} LEFT JOIN postings ON postings.id = capture_posting_id
  WHERE holds.id > $1::bigint ORDER BY holds.id LIMIT ${CHUNK_LENGTH}`

const REVERSALS = `SELECT ${POSTING_COLUMNS} FROM postings
  WHERE reversed_posting_id IS NOT NULL AND id > $1::bigint ORDER BY id LIMIT ${CHUNK_LENGTH}`

const ORIGINALS = `SELECT ${POSTING_COLUMNS} FROM postings WHERE id = ANY ($1::bigint[])`

const KEY_RECORDS = `${SELECT_KEY_RECORDS}
  WHERE digest > $1::bytea ORDER BY digest LIMIT ${CHUNK_LENGTH}`

/** Audits the database as it is at one moment, also while instances write. Days are those of `timeZone`. */
export async function auditSnapshot(session: Session, timeZone: string): Promise<AuditReport> {
  // All statements of the transaction see what the first one sees, and none of them waits for a writer.
  await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  const byId = <Item>(statement: string, itemFrom: (row: Row) => Item, column = 'id') =>
    pages(session, statement, itemFrom, (row) => number(row, column), 0)
  const source: AuditSource = {
    damage: () => damagedIndexes(session),
    postings: () => byId<Posting>(POSTINGS, postingFrom),
    accounts: () => byId<AuditedAccount>(ACCOUNTS, (row) => ({ account: accountFrom(row) })),
    holds: () => byId<AuditedHold>(HELD, auditedHoldFrom, 'held_id'),
    reversals: () => withOriginals(session, byId<Posting>(REVERSALS, postingFrom)),
    keyRecords: () =>
      pages<AuditedKeyRecord>(
        session,
        KEY_RECORDS,
        joinedKeyRow,
        (row) => bytes(row, 'digest'),
        Buffer.alloc(0),
      ),
  }
  const report = await audit(source, Date.now(), timeZone)
  await session.query('COMMIT')
  return report
}

/** Reads a table page by page, each from where the page before it ended. */
async function* pages<Item>(
  session: Session,
  statement: string,
  itemFrom: (row: Row) => Item,
  placeOf: (row: Row) => Parameter,
  start: Parameter,
): AsyncGenerator<readonly Item[]> {
  let after = start
  for (;;) {
    const rows = await session.query(statement, [after])
    yield rows.map(itemFrom)
    const last = rows.at(-1)
    if (last === undefined || rows.length < CHUNK_LENGTH) return
    after = placeOf(last)
  }
}

async function* withOriginals(
  session: Session,
  reversals: AsyncIterable<readonly Posting[]>,
): AsyncGenerator<readonly AuditedReversal[]> {
  for await (const page of reversals) {
    const ids = page.map(({ reversedPostingId }) => reversedPostingId)
    const rows = await session.query(ORIGINALS, [integerArray(ids)])
    const originals = new Map(rows.map(postingFrom).map((original) => [original.id, original]))
    yield page.map((reversal) => ({ reversal, original: originals.get(reversal.reversedPostingId ?? 0) }))
  }
}

function auditedHoldFrom(row: Row): AuditedHold {
  return { hold: holdFrom(row), capture: joinedPosting(row) }
}
