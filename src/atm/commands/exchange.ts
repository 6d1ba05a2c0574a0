import { fits } from '../../ledger/batch/batch-accounts.ts'
import type { Reason } from '../../ledger/rejections.ts'
import type { AtmState } from '../batch/atm-state.ts'
import { notesIn, roomIn } from '../cash-units.ts'
import { countOf, type UnitNotes, valueOf } from '../notes.ts'
import { declined } from '../outcomes.ts'
import { findUnit, type Terminal, terminalView } from '../terminals.ts'
import { type AtmCommandDefinition, requiredRow, type SequenceOf } from './definition.ts'
import { type Done, operatorRequest } from './machine-request.ts'
import { notesAt, type ReportedNotes, shownReported } from './reported-notes.ts'

/** An operator has put notes into a machine, or taken some out: they come from the vault, and go there. */
export interface Exchange extends SequenceOf {
  readonly kind: 'exchange'
  readonly putIn: readonly ReportedNotes[]
  readonly takenOut: readonly ReportedNotes[]
}

export const exchange: AtmCommandDefinition<Exchange> = {
  requires: requiredRow,

  apply(state, command) {
    const { sequence, putIn, takenOut } = command
    const request = { put_in: putIn.map(shownReported), taken_out: takenOut.map(shownReported) }
    return operatorRequest(state, command, { kind: 'exchange', request }, (terminal) => {
      const [added, removed] = [notesAt(terminal, putIn), notesAt(terminal, takenOut)]
      if (added === undefined || removed === undefined) return declined('unit_mismatch')
      const reason = whyNot(terminal, added, removed)
      if (reason !== undefined) return declined(reason)
      return move(state, terminal, sequence, added, removed) ?? declined('balance_limit_exceeded')
    })
  },
}

/** The notes are taken out first, which makes room for those that are put in. */
function whyNot(
  terminal: Terminal,
  added: readonly UnitNotes[],
  removed: readonly UnitNotes[],
): Reason | undefined {
  const isFull = terminal.units.some(
    (unit) => ofUnit(added, unit.unit) > Math.max(0, roomIn(unit) + ofUnit(removed, unit.unit)),
  )
  if (isFull) return 'unit_full'
  const isLacking = removed.some(({ unit: name, denomination, notes }) => {
    const unit = findUnit(terminal, name)
    return unit === undefined || notesIn(unit, denomination) < notes
  })
  return isLacking ? 'not_enough_notes' : undefined
}

function ofUnit(notes: readonly UnitNotes[], unit: string): number {
  return countOf(notes.filter((each) => each.unit === unit))
}

/** Undefined, and nothing moved, where an account cannot take the money. */
function move(
  state: AtmState,
  terminal: Terminal,
  sequence: number,
  added: readonly UnitNotes[],
  removed: readonly UnitNotes[],
): Done | undefined {
  const { accounts, postings, journal } = state
  const [out, into] = [valueOf(removed), valueOf(added)]
  const cash = accounts.get(terminal.cashAccountId)
  const [from, to] = [accounts.cashDrawerFor(into), accounts.cashDrawerFor(-out)]
  if (from === undefined || to === undefined) return undefined
  if (!fits(cash.balance + out) || !fits(cash.balance + out - into)) return undefined
  const post = (amount: bigint, debit: typeof cash, credit: typeof cash): number | undefined => {
    if (amount === 0n) return undefined
    const posting = postings.post('exchange', debit, credit, amount)
    journal.addPosting(terminal, sequence, posting)
    return posting.id
  }
  const outId = post(out, to, cash)
  for (const { unit, ...notes } of removed)
    journal.moveNotes(terminal, { sequence, from: { unit }, to: 'vault', ...notes, postingId: outId })
  const inId = post(into, cash, from)
  for (const { unit, ...notes } of added)
    journal.moveNotes(terminal, { sequence, from: 'vault', to: { unit }, ...notes, postingId: inId })
  return { state: 'settled', answer: viewAfter(terminal, sequence) }
}

/** The terminal as it is once the row of this sequence is in its journal. */
export function viewAfter(terminal: Terminal, sequence: number): ReturnType<typeof terminalView> {
  return terminalView({ ...terminal, latestSequence: sequence }, undefined)
}
