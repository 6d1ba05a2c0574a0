import type { AtmAuditReport } from './atm/audit/audit.ts'
import { readDatedStore } from './config/config.ts'
import { formatCents } from './money.ts'
import { verifyStore } from './storage/open.ts'

/** `npm run verify -- --store URL --time-zone ZONE`: proves the books from the postings up, or shows where they differ. */
try {
  const { store, timeZone } = readDatedStore(process.argv.slice(2), process.env)
  const report = await verifyStore(store, timeZone)
  const counts = `${report.accounts} accounts, ${report.postings} postings, ${report.holds} holds, ${report.keyRecords} idempotency records`
  if (report.differences === 0) {
    console.log(
      `OK: ${counts}; every balance follows from its postings and the sum over all accounts is 0.00`,
    )
  } else {
    console.log(`${report.differences} differences in ${counts}`)
    for (const difference of report.firstDifferences) console.log(`- ${difference}`)
    process.exitCode = 1
  }
  if (report.atm !== undefined && report.atm.terminals > 0) console.log(machinesIn(report.atm))
} catch (error) {
  // Also for a file too damaged to read: a line says it, not a stack.
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

/** What is in doubt is no difference: it waits for a machine's outcome, or for an operator. */
function machinesIn({
  terminals,
  transactions,
  noteMoves,
  inDoubt,
  inDoubtAmount,
  conflicts,
}: AtmAuditReport): string {
  const counts = `${terminals} cash machines, ${transactions} transactions at them, ${noteMoves} note moves`
  return `${counts}; ${inDoubt} transactions of ${formatCents(inDoubtAmount)} are in doubt, ${conflicts} have a conflict`
}
