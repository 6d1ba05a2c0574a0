import type { Reason } from '../../ledger/rejections.ts'
import { formatCents } from '../../money.ts'
import { type Answer, shownNotes } from '../answers.ts'
import type { AtmState } from '../batch/atm-state.ts'
import { accepts, type CashUnitKind } from '../cash-units.ts'
import { byDenomination, type NoteCount, type UnitNotes, valueOf } from '../notes.ts'
import { type AtmOutcome, answered, declined, replayed } from '../outcomes.ts'
import {
  isResolvable,
  isSameRequest,
  type TerminalTransaction,
  type TransactionState,
  wasAuthorized,
} from '../terminal-transactions.ts'
import { findUnit, type Terminal, unitFor } from '../terminals.ts'
import { type AtmCommandDefinition, requiredRow, type SequenceOf } from './definition.ts'
import { bookDifference, canBook } from './difference.ts'
import { stepOf } from './machine-request.ts'
import { creditDeposit } from './report-deposit.ts'
import { canReturn, giveBack } from './report-withdrawal.ts'

/** An operator says what became of a transaction that is in doubt, or has been waiting for its outcome too long. */
export interface Resolve extends SequenceOf {
  readonly kind: 'resolve'
  readonly of: 'withdrawal' | 'deposit'
  /** The notes that the customer was given, or was given back of a deposit. */
  readonly given: readonly NoteCount[]
  /** The notes of the transaction that were found in the machine, and in no unit's count. */
  readonly found: readonly NoteCount[]
  /** The unit in which what was found now is; the retract or reject unit, or for deposits a cash-in unit, unless given. */
  readonly into?: string
  readonly operator: string
  readonly note?: string
}

export const resolve: AtmCommandDefinition<Resolve> = {
  requires: requiredRow,

  apply(state, command) {
    const { terminal: id, sequence, of } = command
    const terminal = state.terminals.find(id)
    if (terminal === undefined) return declined('terminal_not_found')
    const row = state.journal.find(id, sequence)
    if (row?.kind !== of) return declined('terminal_transaction_not_found')
    const request = requestOf(command)
    if (row.resolution !== undefined) {
      const isSame = isSameRequest(row.resolution, request)
      return isSame ? replayed(row.resolution.result, undefined) : declined('sequence_reused')
    }
    if (!isResolvable(row, state.nowMs)) return declined('not_in_doubt')
    const resolution = wasAuthorized(row) ? resolutionOf(state, terminal, row, command) : CLOSED
    if (typeof resolution === 'string') return declined(resolution)
    return save(state, terminal, row, request, resolution)
  },
}

function requestOf({ given, found, into, operator, note }: Resolve): Answer {
  return {
    given: byDenomination(given).map(shownNotes),
    found: byDenomination(found).map(shownNotes),
    ...(into !== undefined && { into }),
    operator,
    ...(note !== undefined && { note }),
  }
}

/** What follows from a resolution. */
interface Resolution {
  readonly state: TransactionState
  /** Cents that the customer gets: given back of a withdrawal, credited for a deposit. */
  readonly toCustomer: bigint
  readonly found: readonly UnitNotes[]
  /** Cents that were found more than they should be, negative where they are missing. */
  readonly difference: bigint
}

/** Of what was never authorized no money has moved, so none does: the next count shows what is missing. */
const CLOSED: Resolution = { state: 'closed', toCustomer: 0n, found: [], difference: 0n }

function resolutionOf(
  state: AtmState,
  terminal: Terminal,
  row: TerminalTransaction,
  { given, found, into }: Resolve,
): Resolution | Reason {
  const notes = foundIn(terminal, row, byDenomination(found), into)
  if (notes === undefined) return 'unit_mismatch'
  const total = valueOf(row.plan)
  // Nobody is charged for more than was authorized: what was given besides it the next count shows.
  const kept = valueOf(given) < total ? valueOf(given) : total
  const toCustomer = total - kept
  const difference = valueOf(notes) - toCustomer
  if (!canReturn(state, terminal, row, toCustomer) || !canBook(state, terminal, valueOf(notes), difference))
    return 'balance_limit_exceeded'
  return { state: stateAfter(row, kept, total), toCustomer, found: notes, difference }
}

function stateAfter({ kind }: TerminalTransaction, kept: bigint, total: bigint): TransactionState {
  if (kind === 'deposit') return kept === total ? 'returned' : 'accepted'
  if (kept === 0n) return 'not_dispensed'
  return kept === total ? 'dispensed' : 'partly_dispensed'
}

const usualKinds: Readonly<Record<Resolve['of'], readonly CashUnitKind[]>> = {
  withdrawal: ['retract', 'reject'],
  deposit: ['cash_in', 'recycler', 'retract', 'reject'],
}

/** Undefined where a unit cannot hold what is said to be in it. */
function foundIn(
  terminal: Terminal,
  { kind }: TerminalTransaction,
  found: readonly NoteCount[],
  into: string | undefined,
): readonly UnitNotes[] | undefined {
  const kinds = usualKinds[kind === 'deposit' ? kind : 'withdrawal']
  const notes: UnitNotes[] = []
  for (const count of found) {
    const unit = into === undefined ? unitFor(terminal, kinds, count.denomination) : findUnit(terminal, into)
    if (unit === undefined || !accepts(unit, count.denomination)) return undefined
    notes.push({ unit: unit.unit, ...count })
  }
  return notes
}

function save(
  state: AtmState,
  terminal: Terminal,
  row: TerminalTransaction,
  request: Answer,
  { state: resolvedAs, toCustomer, found, difference }: Resolution,
): AtmOutcome {
  const { sequence } = row
  const isDeposit = row.kind === 'deposit'
  const postingId = (isDeposit ? creditDeposit : giveBack)(state, terminal, row, toCustomer)
  for (const { unit, denomination, notes } of found) {
    const move = { sequence, from: 'customer', to: { unit }, denomination, notes, postingId } as const
    state.journal.moveNotes(terminal, move)
  }
  bookDifference(state, terminal, sequence, difference)
  const answer = {
    state: resolvedAs,
    [isDeposit ? 'credited' : 'returned']: formatCents(toCustomer),
    short: formatCents(difference < 0n ? -difference : 0n),
    over: formatCents(difference > 0n ? difference : 0n),
  }
  state.journal.save(terminal, {
    ...row,
    state: resolvedAs,
    postingId: isDeposit ? postingId : row.postingId,
    resolution: stepOf(state, request, { status: 'answered', answer }),
  })
  return answered(answer)
}
