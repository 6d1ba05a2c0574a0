import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type Hold, holdStates, type OpenHold } from '../../../ledger/holds.ts'
import type { StoredValue } from '../../row-values.ts'
import { CHECKED_COLUMNS, checksumOf } from './checksums.ts'
import { prepare } from './statements.ts'
import { number, numberOrUndefined } from '../../row-values.ts'
import { HOLD_COLUMNS, holdFrom, HOLDS, OPEN_HOLD_COLUMNS, openHoldFrom } from '../../rows.ts'

/** An open hold, and whose money it sets aside. */
export interface AccountHold {
  readonly accountId: number
  readonly hold: OpenHold
}

/** The holds: each is a row from the time it is placed, whatever becomes of it. */
export class HoldTable {
  readonly #insert: StatementSync
  readonly #update: StatementSync
  readonly #select: StatementSync
  readonly #selectAll: StatementSync
  readonly #selectUnexpired: StatementSync
  readonly #selectLatestId: StatementSync

  constructor(database: DatabaseSync) {
    this.#insert = prepare(
      database,
      `INSERT INTO holds (${CHECKED_COLUMNS.holds}, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#update = prepare(
      database,
      'UPDATE holds SET state = ?, captured_amount = ?, capture_posting_id = ?, checksum = ? WHERE id = ?',
    )
    const select = `SELECT ${HOLD_COLUMNS} FROM ${HOLDS}`
    this.#select = prepare(database, `${select} WHERE holds.id = ?`)
    this.#selectAll = prepare(database, `${select} ORDER BY holds.id`)
    const selectOpen = `SELECT ${OPEN_HOLD_COLUMNS} FROM holds WHERE state = 0`
    this.#selectUnexpired = prepare(
      database,
      `${selectOpen} AND expires_at_ms IS NULL UNION ALL ${selectOpen} AND expires_at_ms > ?`,
    )
    this.#selectLatestId = prepare(database, 'SELECT max(id) AS id FROM holds')
  }

  insert(hold: Hold): void {
    const values = valuesOf(hold)
    this.#insert.run(...values, checksumOf(values))
  }

  /** Writes what has become of a hold. */
  update(hold: Hold): void {
    const { id, state, capturedAmount, capturePostingId } = hold
    const checksum = checksumOf(valuesOf(hold))
    this.#update.run(holdStates.indexOf(state), capturedAmount, capturePostingId ?? null, checksum, id)
  }

  find(id: number): Hold | undefined {
    const row = this.#select.get(id)
    return row && holdFrom(row)
  }

  /** The holds that set money aside at that time. Those that have expired are not read. */
  *unexpired(nowMs: number): Generator<AccountHold> {
    for (const row of this.#selectUnexpired.iterate(nowMs))
      yield { accountId: number(row, 'holder_id'), hold: openHoldFrom(row) }
  }

  *all(): Generator<Hold> {
    for (const row of this.#selectAll.iterate()) yield holdFrom(row)
  }

  latestId(): number {
    const row = this.#selectLatestId.get()
    return (row && numberOrUndefined(row, 'id')) ?? 0
  }
}

/** In the order of the columns. */
function valuesOf(hold: Hold): StoredValue[] {
  return [
    hold.id,
    hold.accountId,
    hold.amount,
    hold.reference ?? null,
    hold.placedAtMs,
    hold.expiresAtMs ?? null,
    holdStates.indexOf(hold.state),
    hold.capturedAmount,
    hold.capturePostingId ?? null,
  ]
}
