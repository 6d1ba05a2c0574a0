import { formatCents } from '../money.ts'
import type { NoteCount, UnitNotes } from './notes.ts'

/** An answer to a machine, or a request of it, as JSON has it: stored as it is, and answered again to a retry. */
export interface Answer {
  readonly [member: string]: AnswerValue
}

export type AnswerValue = string | number | boolean | null | readonly AnswerValue[] | Answer

export interface ShownNotes extends Answer {
  readonly denomination: string
  readonly notes: number
}

export function shownNotes({ denomination, notes }: NoteCount): ShownNotes {
  return { denomination: formatCents(denomination), notes }
}

export function shownUnitNotes({ unit, ...count }: UnitNotes): Answer {
  return { unit, ...shownNotes(count) }
}
