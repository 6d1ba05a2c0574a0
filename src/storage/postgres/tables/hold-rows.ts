import { type Hold, type OpenHold, holdStateFrom } from '../../../ledger/holds.ts'
import { integer, number, numberOrUndefined, type Row, textOrUndefined } from '../../row-values.ts'

/** Each hold with its account, for a condition to follow. No name is also one of a posting's columns. */
export const HOLD_COLUMNS = `holds.id AS held_id, holds.account_id AS holder_id, holders.number AS holder_number,
  holds.amount AS held_amount, holds.reference AS held_reference, placed_at_ms, expires_at_ms, state,
  captured_amount, capture_posting_id`

export const HOLDS = 'holds LEFT JOIN accounts AS holders ON holders.id = holds.account_id'

/** Reads `HOLD_COLUMNS`. */
export function holdFrom(row: Row): Hold {
  return {
    ...openHoldFrom(row),
    accountId: number(row, 'holder_id'),
    accountNumber: textOrUndefined(row, 'holder_number') ?? '',
    reference: textOrUndefined(row, 'held_reference'),
    placedAtMs: number(row, 'placed_at_ms'),
    state: holdStateFrom(number(row, 'state')),
    capturedAmount: integer(row, 'captured_amount'),
    capturePostingId: numberOrUndefined(row, 'capture_posting_id'),
  }
}

export const OPEN_HOLD_COLUMNS =
  'holds.id AS held_id, holds.account_id AS holder_id, holds.amount AS held_amount, expires_at_ms'

/** The condition on open holds that have not expired by the time in the parameter; as the index has them. */
export function isOpenAt(parameter: string): string {
  return `holds.state = 0 AND (holds.expires_at_ms > ${parameter}::bigint OR holds.expires_at_ms IS NULL)`
}

/** Reads `OPEN_HOLD_COLUMNS`. */
export function openHoldFrom(row: Row): OpenHold {
  return {
    id: number(row, 'held_id'),
    amount: integer(row, 'held_amount'),
    expiresAtMs: numberOrUndefined(row, 'expires_at_ms'),
  }
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
