/** Notes of one denomination. */
export interface NoteCount {
  /** Cents, above zero. */
  readonly denomination: bigint
  readonly notes: number
}

/** Notes of one denomination in, or from, one cash unit. */
export interface UnitNotes extends NoteCount {
  readonly unit: string
}

/** The most notes that a command may name at one place, so that sums stay exact: more than any unit holds. */
export const MAX_NOTE_COUNT = 1_000_000

/** What the notes are worth, in cents. */
export function valueOf(counts: readonly NoteCount[]): bigint {
  return counts.reduce((sum, { denomination, notes }) => sum + denomination * BigInt(notes), 0n)
}

/** How many notes they are. */
export function countOf(counts: readonly { readonly notes: number }[]): number {
  return counts.reduce((sum, { notes }) => sum + notes, 0)
}

/** The notes by denomination, the largest first, without any of which there are none. */
export function byDenomination(counts: readonly NoteCount[]): readonly NoteCount[] {
  const sums = new Map<bigint, number>()
  for (const { denomination, notes } of counts) sums.set(denomination, (sums.get(denomination) ?? 0) + notes)
  return [...sums]
    .flatMap(([denomination, notes]) => (notes === 0 ? [] : { denomination, notes }))
    .toSorted((one, other) => (one.denomination > other.denomination ? -1 : 1))
}

/** Whether both are the same notes, whatever units they are in. */
export function areSameNotes(one: readonly NoteCount[], other: readonly NoteCount[]): boolean {
  const [left, right] = [byDenomination(one), byDenomination(other)]
  return (
    left.length === right.length &&
    left.every(({ denomination, notes }, index) => {
      const match = right[index]
      return match?.denomination === denomination && match.notes === notes
    })
  )
}
