import { fits } from '../../ledger/batch/batch-accounts.ts'
import { formatCents } from '../../money.ts'
import type { Answer } from '../answers.ts'
import type { AtmState } from '../batch/atm-state.ts'
import { findUnit, type Terminal, unitFor } from '../terminals.ts'
import { notesIn } from '../cash-units.ts'
import { type UnitNotes, valueOf } from '../notes.ts'
import type { TerminalTransaction } from '../terminal-transactions.ts'
import { type AtmCommandDefinition, requiredRow, type SequenceOf } from './definition.ts'
import { applyReport, type Settlement } from './report.ts'
import { type ReportedNotes, shownReported } from './reported-notes.ts'

export const withdrawalOutcomes = [
  'dispensed',
  'partly_dispensed',
  'not_dispensed',
  'unknown',
  'retracted',
] as const

/** What the machine says became of a withdrawal: sent until it is acknowledged. */
export interface ReportWithdrawal extends SequenceOf {
  readonly kind: 'report_withdrawal'
  readonly outcome: (typeof withdrawalOutcomes)[number]
  /** The notes that the customer was given, by unit. With `dispensed` and none of them: all of the plan. */
  readonly presented: readonly ReportedNotes[]
  /** The notes that went from a unit into the reject unit instead. */
  readonly rejected: readonly ReportedNotes[]
  /** What failed, in the machine's own words. */
  readonly failure?: string
}

export const reportWithdrawal: AtmCommandDefinition<ReportWithdrawal> = {
  requires: requiredRow,

  apply(state, command) {
    return applyReport(state, command, {
      kind: 'withdrawal',
      request: requestOf(command),
      nothing: 'not_dispensed',
      settle: (terminal, row) => settlement(state, terminal, row, command),
    })
  },
}

function requestOf({
  outcome,
  presented,
  rejected,
  failure,
}: ReportWithdrawal): Answer & { readonly outcome: string } {
  return {
    outcome,
    presented: presented.map(shownReported),
    rejected: rejected.map(shownReported),
    ...(failure !== undefined && { failure }),
  }
}

/** What became of the notes that were planned from one unit. */
interface UnitOutcome {
  readonly unit: string
  readonly denomination: bigint
  readonly returnedToUnit: number
  readonly rejectedOfPlan: number
  /** Rejected besides the plan, as when two notes were picked at once. */
  readonly rejectedBesides: number
  readonly rejectUnit: string
}

/** Undefined where it cannot be: other notes than planned, or a word that the notes contradict. */
function settlement(
  state: AtmState,
  terminal: Terminal,
  row: TerminalTransaction,
  { outcome, presented, rejected }: ReportWithdrawal,
): Settlement | undefined {
  const isAll = outcome === 'dispensed' && presented.length === 0
  const given = isAll ? row.plan : presented
  if (![...given, ...rejected].every((notes) => isPlanned(row, notes))) return undefined
  const units: UnitOutcome[] = []
  for (const planned of row.plan) {
    const unit = unitOutcome(terminal, planned, notesOf(given, planned.unit), notesOf(rejected, planned.unit))
    if (unit === undefined) return undefined
    units.push(unit)
  }
  const returned = valueOf(
    units.map((each) => ({ ...each, notes: each.returnedToUnit + each.rejectedOfPlan })),
  )
  const total = valueOf(row.plan)
  const settledAs = returned === 0n ? 'dispensed' : returned === total ? 'not_dispensed' : 'partly_dispensed'
  if (settledAs !== outcome || !canReturn(state, terminal, row, returned)) return undefined
  return {
    state: settledAs,
    value: total - returned,
    write: () => write(state, terminal, row, units, returned),
  }
}

function isPlanned({ plan }: TerminalTransaction, { unit, denomination }: ReportedNotes): boolean {
  return plan.some((each) => each.unit === unit && (denomination ?? each.denomination) === each.denomination)
}

function notesOf(notes: readonly ReportedNotes[], unit: string): number {
  return notes.reduce((sum, each) => sum + (each.unit === unit ? each.notes : 0), 0)
}

function unitOutcome(
  terminal: Terminal,
  { unit: name, denomination, notes: planned }: UnitNotes,
  presented: number,
  rejected: number,
): UnitOutcome | undefined {
  const unit = findUnit(terminal, name)
  const rejectUnit = unitFor(terminal, ['reject'], denomination)
  const left = planned - presented
  const rejectedOfPlan = Math.min(rejected, left)
  const rejectedBesides = rejected - rejectedOfPlan
  if (unit === undefined || left < 0 || (rejected > 0 && rejectUnit === undefined)) return undefined
  if (rejectedBesides > notesIn(unit, denomination) + left - rejectedOfPlan) return undefined
  return {
    unit: name,
    denomination,
    returnedToUnit: left - rejectedOfPlan,
    rejectedOfPlan,
    rejectedBesides,
    rejectUnit: rejectUnit?.unit ?? '',
  }
}

/** Whether that many cents can be given back: to any account, as they are the customer's even if it is closed. */
export function canReturn(
  { accounts }: AtmState,
  { cashAccountId }: Terminal,
  { accountId }: TerminalTransaction,
  amount: bigint,
): boolean {
  if (accountId === undefined) return false
  return fits(accounts.get(accountId).balance + amount) && fits(accounts.get(cashAccountId).balance - amount)
}

/** Gives that many cents of a withdrawal back, and answers the id of the reversal; undefined where there are none. */
export function giveBack(
  state: AtmState,
  terminal: Terminal,
  { sequence, postingId, accountId }: TerminalTransaction,
  amount: bigint,
): number | undefined {
  if (amount === 0n || postingId === undefined || accountId === undefined) return undefined
  const { accounts, postings, journal } = state
  const [cash, account] = [accounts.get(terminal.cashAccountId), accounts.get(accountId)]
  const reversal = postings.reverse(postings.getReversible(postingId), cash, account, amount, undefined)
  journal.addPosting(terminal, sequence, reversal)
  return reversal.id
}

function write(
  state: AtmState,
  terminal: Terminal,
  row: TerminalTransaction,
  units: readonly UnitOutcome[],
  returned: bigint,
): { readonly answer: Answer } {
  const { journal, accounts } = state
  const { sequence, accountId } = row
  const postingId = giveBack(state, terminal, row, returned)
  for (const { unit, denomination, rejectUnit, ...notes } of units) {
    const move = { sequence, denomination, postingId }
    const [inUnit, inReject] = [{ unit }, { unit: rejectUnit }]
    journal.moveNotes(terminal, { ...move, from: 'customer', to: inUnit, notes: notes.returnedToUnit })
    journal.moveNotes(terminal, { ...move, from: 'customer', to: inReject, notes: notes.rejectedOfPlan })
    const besides = { ...move, from: inUnit, to: inReject, notes: notes.rejectedBesides }
    journal.moveNotes(terminal, { ...besides, postingId: undefined })
  }
  const balance = accountId === undefined ? 0n : accounts.get(accountId).balance
  return { answer: { returned: formatCents(returned), balance: formatCents(balance) } }
}
