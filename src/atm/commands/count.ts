import { formatCents } from '../../money.ts'
import { notesIn } from '../cash-units.ts'
import { type UnitNotes, valueOf } from '../notes.ts'
import { declined } from '../outcomes.ts'
import { findUnit, type Terminal } from '../terminals.ts'
import { type AtmCommandDefinition, requiredRow, type SequenceOf } from './definition.ts'
import { bookDifference, canBook } from './difference.ts'
import { viewAfter } from './exchange.ts'
import { operatorRequest } from './machine-request.ts'
import { notesAt, type ReportedNotes, shownReported } from './reported-notes.ts'

/** An operator has counted notes of a machine: the books follow, and the difference is booked as over or short. */
export interface Count extends SequenceOf {
  readonly kind: 'count'
  /** How many there are; what is not named was not counted. */
  readonly counted: readonly ReportedNotes[]
}

export const count: AtmCommandDefinition<Count> = {
  requires: requiredRow,

  apply(state, command) {
    const { sequence, counted } = command
    const request = { counted: counted.map(shownReported) }
    return operatorRequest(state, command, { kind: 'count', request }, (terminal) => {
      const found = notesAt(terminal, counted)
      if (found === undefined) return declined('unit_mismatch')
      const changes = found.map((notes) => ({ ...notes, notes: changeTo(terminal, notes) }))
      const difference = valueOf(changes)
      if (!canBook(state, terminal, difference, difference)) return declined('balance_limit_exceeded')
      const postingId = bookDifference(state, terminal, sequence, difference)
      for (const { unit, denomination, notes } of changes) {
        const isMore = notes > 0
        state.journal.moveNotes(terminal, {
          sequence,
          from: isMore ? 'unknown' : { unit },
          to: isMore ? { unit } : 'unknown',
          denomination,
          notes: Math.abs(notes),
          postingId,
        })
      }
      const answer = { difference: formatCents(difference), terminal: viewAfter(terminal, sequence) }
      return { state: 'settled', answer }
    })
  },
}

/** How many notes more, or fewer, than in the books. */
function changeTo(terminal: Terminal, { unit: name, denomination, notes }: UnitNotes): number {
  const unit = findUnit(terminal, name)
  return unit === undefined ? 0 : notes - notesIn(unit, denomination)
}
