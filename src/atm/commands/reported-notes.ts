import { formatCents } from '../../money.ts'
import type { Answer } from '../answers.ts'
import { accepts } from '../cash-units.ts'
import type { UnitNotes } from '../notes.ts'
import { findUnit, type Terminal } from '../terminals.ts'

/** Notes at a unit, as a machine or an operator names them: a unit of one denomination needs none to be said. */
export interface ReportedNotes {
  readonly unit: string
  /** Cents, above zero. */
  readonly denomination?: bigint | undefined
  /** 0 to `MAX_NOTE_COUNT`. */
  readonly notes: number
}

export function shownReported({ unit, denomination, notes }: ReportedNotes): Answer {
  return { unit, ...(denomination !== undefined && { denomination: formatCents(denomination) }), notes }
}

/** The notes with their denominations and each unit's counts together, or undefined where a unit cannot hold them. */
export function notesAt(
  terminal: Terminal,
  reported: readonly ReportedNotes[],
): readonly UnitNotes[] | undefined {
  const found = new Map<string, UnitNotes>()
  for (const { unit: name, denomination: given, notes } of reported) {
    const unit = findUnit(terminal, name)
    const denomination = given ?? unit?.denomination
    if (unit === undefined || denomination === undefined || !accepts(unit, denomination)) return undefined
    const key = `${denomination} ${name}`
    found.set(key, { unit: name, denomination, notes: (found.get(key)?.notes ?? 0) + notes })
  }
  return [...found.values()]
}
