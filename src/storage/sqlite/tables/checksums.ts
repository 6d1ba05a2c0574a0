import type { DatabaseSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import { prepare } from './statements.ts'
import { number, numberOrUndefined } from '../../row-values.ts'
import type { StoredValue } from '../../row-values.ts'

/**
 * What the checksum of a row is of, in this order: all that is written once and, in `accounts`, what follows from no
 * posting. Balances, lists and withdrawals of accounts follow from the postings, and are checked against those.
 */
export const CHECKED_COLUMNS = {
  accounts:
    'id, number, name, opened_at_ms, status, overdraft_limit, withdrawal_limit, daily_amount_limit, daily_count_limit',
  postings:
    'id, at_ms, kind, debit_account_id, credit_account_id, amount, debit_balance, credit_balance, reference, reversed_posting_id, hold_id',
  holds:
    'id, account_id, amount, reference, placed_at_ms, expires_at_ms, state, captured_amount, capture_posting_id',
  idempotency_keys: 'id, at_ms, digest, fingerprint, posting_id, reason, snapshot',
} as const

export type CheckedTable = keyof typeof CHECKED_COLUMNS

const CHECKED_TABLES: readonly CheckedTable[] = ['accounts', 'postings', 'holds', 'idempotency_keys']

/** Room for the integers of a row, 8 bytes each. */
const integers = Buffer.alloc(128)
const view = new DataView(integers.buffer, integers.byteOffset, integers.length)

/** The CRC-32 of the values, which sees every change of a few bits. */
export function checksumOf(values: readonly StoredValue[]): number {
  let length = 0
  let texts = ''
  for (const value of values) {
    if (value === null) {
      view.setUint8(length, 1)
      length += 1
    } else if (typeof value === 'number' || typeof value === 'bigint') {
      view.setBigInt64(length, BigInt(value))
      length += 8
    } else texts += `${typeof value === 'string' ? value : Buffer.from(value).toString('hex')}\n`
  }
  return crc32(texts, crc32(integers.subarray(0, length)))
}

/** Makes `row_checksum(…)` known to SQL on this connection: `checksumOf` of its arguments. */
export function defineChecksum(database: DatabaseSync): void {
  const options = { varargs: true, useBigIntArguments: true, deterministic: true }
  database.function('row_checksum', options, (...values: StoredValue[]) => checksumOf(values))
}

/** The statement that gives the rows of a condition their checksum. */
export function writeChecksums(table: CheckedTable, condition: string): string {
  return `UPDATE ${table} SET checksum = row_checksum(${CHECKED_COLUMNS[table]}) WHERE ${condition}`
}

/** Gives all rows of a store that had none their checksums. */
export function addChecksums(database: DatabaseSync): void {
  for (const table of CHECKED_TABLES) renewChecksums(database, table, 'true')
}

/** Gives the rows of a condition, however many, the checksum of what they hold now. */
export function renewChecksums(database: DatabaseSync, table: CheckedTable, condition: string): void {
  const update = database.prepare(writeChecksums(table, `${condition} AND ${IN_RANGE}`))
  for (const range of rangesOf(database, table)) update.run(...range)
}

/** Names the rows that are not as they were written. */
export function* alteredRows(database: DatabaseSync): Generator<string> {
  for (const table of CHECKED_TABLES) {
    const select = prepare(
      database,
      `SELECT id FROM ${table} WHERE checksum IS NOT row_checksum(${CHECKED_COLUMNS[table]}) AND ${IN_RANGE}`,
    )
    for (const range of rangesOf(database, table)) {
      for (const row of select.iterate(...range))
        yield `row ${number(row, 'id')} of ${table} is not as it was written: its checksum is that of other values`
    }
  }
}

const IN_RANGE = 'id > ? AND id <= ?'

/** What one statement hands to a function stays in memory until the statement ends, so it is given no more rows than this. */
const RANGE_ROWS = 1_000

/** Pieces of the table, by its ids: above the first, up to the second. */
function* rangesOf(database: DatabaseSync, table: CheckedTable): Generator<readonly [number, number]> {
  const select = prepare(
    database,
    `SELECT max(id) AS last FROM (SELECT id FROM ${table} WHERE id > ? ORDER BY id LIMIT ${RANGE_ROWS})`,
  )
  let after = Number.MIN_SAFE_INTEGER
  for (;;) {
    const last = numberOrUndefined(select.get(after) ?? { last: null }, 'last')
    if (last === undefined) return
    yield [after, last]
    after = last
  }
}
