import type { OpenHold } from '../../../ledger/holds.ts'
import { numberOrUndefined, type Row } from '../../row-values.ts'
import { openHoldFrom } from '../../rows.ts'

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
