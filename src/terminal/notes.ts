import { formatCents } from '../money.ts'
import { centsOf } from './answers.ts'
import type { CountedNotes, UnitNotes } from './hardware.ts'

/** What the notes are worth, in cents. */
export function valueOf(notes: readonly CountedNotes[]): bigint {
  return notes.reduce((sum, each) => sum + (centsOf(each.denomination) ?? 0n) * BigInt(each.notes), 0n)
}

/** What the notes are worth, as on the wire. */
export function amountOf(notes: readonly CountedNotes[]): string {
  return formatCents(valueOf(notes))
}

/** The notes that were really taken, with the denominations that the plan has for their units. */
export function withDenominations(
  notes: readonly UnitNotes[],
  plan: readonly (UnitNotes & CountedNotes)[],
): readonly CountedNotes[] {
  return notes.map((each) => ({
    denomination: plan.find(({ unit }) => unit === each.unit)?.denomination ?? '0.00',
    notes: each.notes,
  }))
}

/** How what came out of the units compares with the plan. `other` is anything that is no part of it. */
export function compareNotes(
  notes: readonly UnitNotes[],
  plan: readonly UnitNotes[],
): 'all' | 'part' | 'none' | 'other' {
  const taken = countsByUnit(notes)
  const planned = countsByUnit(plan)
  for (const [unit, count] of taken) {
    if (count > (planned.get(unit) ?? 0)) return 'other'
  }
  if (taken.size === 0) return 'none'
  return [...planned].every(([unit, count]) => taken.get(unit) === count) ? 'all' : 'part'
}

/** The units that gave fewer notes than planned. */
export function shortUnits(notes: readonly UnitNotes[], plan: readonly UnitNotes[]): readonly string[] {
  const taken = countsByUnit(notes)
  return [...countsByUnit(plan)].flatMap(([unit, count]) => ((taken.get(unit) ?? 0) < count ? [unit] : []))
}

/** Whether both are the same notes, whichever units they are in. */
export function areSameNotes(one: readonly CountedNotes[], other: readonly CountedNotes[]): boolean {
  const left = countsByDenomination(one)
  const right = countsByDenomination(other)
  return (
    left.size === right.size && [...left].every(([denomination, count]) => right.get(denomination) === count)
  )
}

function countsByUnit(notes: readonly UnitNotes[]): ReadonlyMap<string, number> {
  return totals(notes.map((each) => [each.unit, each.notes]))
}

function countsByDenomination(notes: readonly CountedNotes[]): ReadonlyMap<string, number> {
  return totals(notes.map((each) => [each.denomination, each.notes]))
}

function totals(counts: readonly (readonly [string, number])[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const [name, count] of counts) {
    if (count > 0) sums.set(name, (sums.get(name) ?? 0) + count)
  }
  return sums
}
