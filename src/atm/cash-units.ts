import type { NoteCount } from './notes.ts'

/**
 * A cassette gives notes, a recycler gives and takes them, a cash-in unit takes them. Into the reject unit go notes that
 * could not be presented, into the retract unit those that nobody took.
 */
export const cashUnitKinds = ['cassette', 'recycler', 'cash_in', 'reject', 'retract'] as const

export type CashUnitKind = (typeof cashUnitKinds)[number]

/** A place in a machine that holds notes. */
export interface CashUnit {
  readonly unit: string
  readonly kind: CashUnitKind
  /** Cents; undefined for a unit that holds notes of all denominations. */
  readonly denomination: bigint | undefined
  /** How many notes it can hold. */
  readonly capacity: number
  /** How many notes of each denomination it holds, the largest denomination first. */
  contents: readonly NoteCount[]
}

/** How many notes of the denomination are in the unit. */
export function notesIn({ contents }: CashUnit, denomination: bigint): number {
  return contents.find((each) => each.denomination === denomination)?.notes ?? 0
}

/** How many more notes the unit can hold. */
export function roomIn({ capacity, contents }: CashUnit): number {
  return capacity - contents.reduce((sum, { notes }) => sum + notes, 0)
}

/** Whether the unit may hold notes of the denomination. */
export function accepts({ denomination }: CashUnit, ofNotes: bigint): boolean {
  return denomination === undefined || denomination === ofNotes
}

/** The contents with this many notes more, or fewer. Throws a RangeError when there were not as many. */
export function contentsWith(
  { unit, contents }: CashUnit,
  denomination: bigint,
  change: number,
): readonly NoteCount[] {
  const before = contents.find((each) => each.denomination === denomination)?.notes ?? 0
  const notes = before + change
  if (notes < 0) throw new RangeError(`unit ${unit} holds ${before} such notes, not ${-change}`)
  const others = contents.filter((each) => each.denomination !== denomination)
  const all = notes === 0 ? others : [...others, { denomination, notes }]
  return all.toSorted((one, other) => (one.denomination > other.denomination ? -1 : 1))
}
