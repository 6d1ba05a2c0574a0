import { holdStates, type OpenHold } from '../../../ledger/holds.ts'
import { number, numberOrUndefined, type Row } from '../../row-values.ts'
import { HOLD_COLUMNS, holdFrom, HOLDS, openHoldFrom } from '../../rows.ts'
import { firstId, integerArray, textArray } from './arrays.ts'
import type { Entity } from './entity.ts'
import { realIdOf } from './postings.ts'

/** The condition on open holds that have not expired by the time in the parameter; as the index has them. */
export function isOpenAt(parameter: string): string {
  return `holds.state = 0 AND (holds.expires_at_ms > ${parameter}::bigint OR holds.expires_at_ms IS NULL)`
}

/** The open holds by the ids of their accounts. Rows without one are passed over. */
export function openHoldsByAccount(rows: readonly Row[]): ReadonlyMap<number, readonly OpenHold[]> {
  const byAccount = new Map<number, OpenHold[]>()
  for (const row of rows) {
    const accountId = numberOrUndefined(row, 'holder_id')
    if (accountId === undefined) continue
    const holds = byAccount.get(accountId)
    if (holds === undefined) byAccount.set(accountId, [openHoldFrom(row)])
    else holds.push(openHoldFrom(row))
  }
  return byAccount
}

const ACCOUNTS_OF_HOLDS = 'SELECT id, account_id FROM holds WHERE id = ANY ($1::bigint[])'

const SELECT = `SELECT ${HOLD_COLUMNS} FROM ${HOLDS} WHERE holds.id = ANY ($1::bigint[])`

const NEXT_IDS = "SELECT nextval('hold_ids') AS first_id"

/** The first posting's id is the one that the writing statement has left in the writer's row. */
const SAVE = `
  INSERT INTO holds (id, account_id, amount, reference, placed_at_ms, expires_at_ms, state, captured_amount,
    capture_posting_id)
  SELECT new.id, account_id, amount, reference, placed_at_ms, expires_at_ms, state, captured_amount,
    ${realIdOf('capture_id')}
  FROM writers, unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[],
    $8::smallint[], $9::bigint[], $10::bigint[])
    AS new (id, account_id, amount, reference, placed_at_ms, expires_at_ms, state, captured_amount, capture_id)
  WHERE writers.id = $1::uuid
  ON CONFLICT (id) DO UPDATE SET state = excluded.state, captured_amount = excluded.captured_amount,
    capture_posting_id = excluded.capture_posting_id`

export const holds: Entity = {
  resolve(session, { holdIds }) {
    if (holdIds.length === 0) return undefined
    return session.query(ACCOUNTS_OF_HOLDS, [integerArray(holdIds)]).then((rows) => ({
      holdIds: rows.map((row) => number(row, 'id')),
      accountIds: rows.map((row) => number(row, 'account_id')),
    }))
  },

  async load(session, { required, references: { holdIds } }) {
    const [rows, nextIds] = await Promise.all([
      holdIds.length > 0 ? session.query(SELECT, [integerArray(holdIds)]) : [],
      required.effects.has('places hold') ? session.query(NEXT_IDS) : [],
    ])
    return { holds: rows.map(holdFrom), nextHoldId: firstId(nextIds) }
  },

  save(session, { state, writerId }) {
    const changed = [...state.holds.changed.values()]
    if (changed.length === 0) return []
    const parameters = [
      writerId,
      integerArray(changed.map(({ id }) => id)),
      integerArray(changed.map(({ accountId }) => accountId)),
      integerArray(changed.map(({ amount }) => amount)),
      textArray(changed.map(({ reference }) => reference)),
      integerArray(changed.map(({ placedAtMs }) => placedAtMs)),
      integerArray(changed.map(({ expiresAtMs }) => expiresAtMs)),
      integerArray(changed.map(({ state: each }) => holdStates.indexOf(each))),
      integerArray(changed.map(({ capturedAmount }) => capturedAmount)),
      integerArray(changed.map(({ capturePostingId }) => capturePostingId)),
    ]
    return [session.query(SAVE, parameters)]
  },
}
