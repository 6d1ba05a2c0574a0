import { type AtmAuditReport, auditAtm } from '../atm/audit/audit.ts'
import type { AtmAuditSource } from '../atm/audit/source.ts'
import { audit as auditLedger, type AuditReport as LedgerAuditReport } from '../ledger/audit/audit.ts'
import { DEFAULT_TIME_ZONE } from '../ledger/business-day.ts'
import { Differences, MAX_REPORTED_DIFFERENCES } from '../ledger/audit/differences.ts'
import type { AuditSource as LedgerAuditSource } from '../ledger/audit/source.ts'

/** All there is in a store, from one unchanging snapshot. */
export interface AuditSource extends LedgerAuditSource {
  /** Undefined where the store has no machines. */
  readonly atm?: AtmAuditSource
}

export interface AuditReport extends LedgerAuditReport {
  readonly atm: AtmAuditReport | undefined
}

/** Audits the ledger as of `nowMs`, with the days of `timeZone`, and then the cash machines against it. */
export async function audit(
  source: AuditSource,
  nowMs: number,
  timeZone: string = DEFAULT_TIME_ZONE,
): Promise<AuditReport> {
  const ledger = await auditLedger(source, nowMs, timeZone)
  const found = new Differences()
  // No store is without accounts: where none was read, the engine found damage, and nothing more is worth reading.
  const isReadable = ledger.accounts > 0
  const atm = isReadable ? source.atm && (await auditAtm(source.atm, found, nowMs)) : undefined
  const first = [...ledger.firstDifferences, ...found.first].slice(0, MAX_REPORTED_DIFFERENCES)
  return { ...ledger, differences: ledger.differences + found.count, firstDifferences: first, atm }
}
