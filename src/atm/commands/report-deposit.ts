import { fits } from '../../ledger/batch/batch-accounts.ts'
import { depositDeclined } from '../../ledger/commands/deposit.ts'
import { formatCents } from '../../money.ts'
import type { Answer } from '../answers.ts'
import type { AtmState } from '../batch/atm-state.ts'
import { areSameNotes, type UnitNotes, valueOf } from '../notes.ts'
import type { TerminalTransaction } from '../terminal-transactions.ts'
import { findUnit, type Terminal } from '../terminals.ts'
import { type AtmCommandDefinition, requiredRow, type SequenceOf } from './definition.ts'
import { applyReport, type Settlement } from './report.ts'
import { notesAt, type ReportedNotes, shownReported } from './reported-notes.ts'

export const depositOutcomes = ['accepted', 'returned', 'unknown'] as const

/** What the machine says became of the notes of a deposit: sent until it is acknowledged. */
export interface ReportDeposit extends SequenceOf {
  readonly kind: 'report_deposit'
  readonly outcome: (typeof depositOutcomes)[number]
  /** With `accepted`: where the notes are. */
  readonly stored: readonly ReportedNotes[]
  /** What failed, in the machine's own words. */
  readonly failure?: string
}

export const reportDeposit: AtmCommandDefinition<ReportDeposit> = {
  requires: requiredRow,

  apply(state, command) {
    const { outcome, stored, failure } = command
    const request = {
      outcome,
      stored: stored.map(shownReported),
      ...(failure !== undefined && { failure }),
    }
    return applyReport(state, command, {
      kind: 'deposit',
      request,
      nothing: 'returned',
      settle: (terminal, row) =>
        outcome === 'returned' ? returned(state, row, stored) : accepted(state, terminal, row, stored),
    })
  },
}

/** Undefined where it cannot be: notes that were returned are in no unit. */
function returned(
  { accounts }: AtmState,
  { accountId }: TerminalTransaction,
  stored: readonly ReportedNotes[],
): Settlement | undefined {
  if (stored.some(({ notes }) => notes > 0) || accountId === undefined) return undefined
  const answer = { balance: formatCents(accounts.get(accountId).balance) }
  return { state: 'returned', value: 0n, write: () => ({ answer }) }
}

/** Undefined where it cannot be: other notes than were counted, or an account that takes no money any more. */
function accepted(
  state: AtmState,
  terminal: Terminal,
  row: TerminalTransaction,
  stored: readonly ReportedNotes[],
): Settlement | undefined {
  const notes = notesAt(terminal, stored)
  if (notes === undefined || row.accountId === undefined) return undefined
  const isTaken = notes.every(({ unit }) => isTaking(terminal, unit))
  if (!isTaken || !areSameNotes(notes, row.plan)) return undefined
  const amount = valueOf(notes)
  const account = state.accounts.get(row.accountId)
  const cash = state.accounts.get(terminal.cashAccountId)
  const isSettled = row.postingId !== undefined
  if (!isSettled && (depositDeclined(account, amount) !== undefined || !fits(cash.balance - amount)))
    return undefined
  return { state: 'accepted', value: amount, write: () => write(state, terminal, row, notes) }
}

function isTaking(terminal: Terminal, unit: string): boolean {
  const kind = findUnit(terminal, unit)?.kind
  return kind === 'cash_in' || kind === 'recycler'
}

/** Credits that many cents of a deposit to its account, and answers the posting's id; undefined where there are none. */
export function creditDeposit(
  state: AtmState,
  terminal: Terminal,
  { sequence, accountId }: TerminalTransaction,
  amount: bigint,
): number | undefined {
  if (amount === 0n || accountId === undefined) return undefined
  const { accounts, postings, journal } = state
  const [cash, account] = [accounts.get(terminal.cashAccountId), accounts.get(accountId)]
  const posting = postings.post('deposit', cash, account, amount)
  journal.addPosting(terminal, sequence, posting)
  return posting.id
}

function write(
  state: AtmState,
  terminal: Terminal,
  row: TerminalTransaction,
  stored: readonly UnitNotes[],
): { readonly answer: Answer; readonly postingId?: number } {
  const postingId = creditDeposit(state, terminal, row, valueOf(stored))
  for (const { unit, denomination, notes } of stored) {
    const move = { sequence: row.sequence, from: 'customer', to: { unit }, denomination, notes } as const
    state.journal.moveNotes(terminal, { ...move, postingId })
  }
  const balance = row.accountId === undefined ? 0n : state.accounts.get(row.accountId).balance
  return {
    answer: { balance: formatCents(balance) },
    ...(postingId !== undefined && { postingId }),
  }
}
