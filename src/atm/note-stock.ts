/** A cassette or recycler, as far as paying out goes: notes of one denomination. */
export interface PayingUnit {
  readonly unit: string
  /** Cents, above zero. */
  readonly denomination: bigint
  /** How many are there to be taken. */
  readonly notes: number
}

/** What may be paid out, and from where. */
export interface NoteSupply {
  readonly units: readonly PayingUnit[]
  /** Units that must not be used, because the machine says they do not work. */
  readonly unavailable?: ReadonlySet<string>
  /** The most notes that the machine gives in one go, 1 to `MAX_NOTES`. */
  readonly maxNotes: number
}

/** All notes of one denomination, whichever units they are in. */
export interface DenominationStock {
  readonly denomination: bigint
  /** The denomination in multiples of `NoteStock.step`. */
  readonly steps: number
  readonly notes: number
  /** The fullest first; those equally full in the order given. */
  readonly units: readonly PayingUnit[]
}

/** The notes of a machine by denomination, the largest first. Empty and unavailable units are left out. */
export interface NoteStock {
  readonly denominations: readonly DenominationStock[]
  /** The greatest common divisor of all denominations, in cents: every sum is a multiple of it. 1 when there are none. */
  readonly step: bigint
  readonly maxNotes: number
}

export const MAX_NOTES = 100
export const MAX_DENOMINATIONS = 12

/** The largest sum in steps: it bounds the time and the memory of a plan, whatever the denominations are. */
export const MAX_STEPS = 50_000

/**
 * Why no plans can be made over these units, as a sentence, or undefined when they can. To be asked when a machine is
 * set up; units that become empty or unavailable later only make plans easier.
 */
export function unplannable(denominations: readonly bigint[], maxNotes: number): string | undefined {
  const different = new Set(denominations)
  if (different.size > MAX_DENOMINATIONS)
    return `a machine has at most ${MAX_DENOMINATIONS} different denominations`
  if (!Number.isInteger(maxNotes) || maxNotes < 1 || maxNotes > MAX_NOTES)
    return `max_notes must be a whole number from 1 to ${MAX_NOTES}`
  let largest = 0n
  for (const denomination of different) {
    if (denomination <= 0n) return 'a denomination must be > 0'
    if (denomination > largest) largest = denomination
  }
  if ((largest / commonDivisor(different)) * BigInt(maxNotes) > BigInt(MAX_STEPS))
    return 'the largest denomination is too large beside the smallest; use fewer notes in one go, or denominations closer together'
  return undefined
}

/** Merges equal denominations. Throws a RangeError on a supply that `unplannable` objects to. */
export function stockOf(supply: NoteSupply): NoteStock {
  const usable = supply.units.filter(({ unit, notes }) => notes > 0 && !supply.unavailable?.has(unit))
  const byDenomination = Map.groupBy(usable, ({ denomination }) => denomination)
  const problem = unplannable([...byDenomination.keys()], supply.maxNotes)
  if (problem !== undefined) throw new RangeError(problem)

  const step = commonDivisor(byDenomination.keys())
  const denominations = [...byDenomination]
    .map(([denomination, units]) => ({
      denomination,
      steps: Number(denomination / step),
      notes: units.reduce((sum, { notes }) => sum + notes, 0),
      units: units.toSorted((one, other) => other.notes - one.notes),
    }))
    .toSorted((one, other) => other.steps - one.steps)
  return { denominations, step, maxNotes: supply.maxNotes }
}

/** The most that this many notes come to, in cents. */
export function mostOf(stock: NoteStock, notes: number): bigint {
  let left = notes
  let sum = 0n
  for (const { denomination, notes: available } of stock.denominations) {
    const taken = Math.min(left, available)
    sum += BigInt(taken) * denomination
    left -= taken
  }
  return sum
}

function commonDivisor(denominations: Iterable<bigint>): bigint {
  let divisor = 0n
  for (const denomination of denominations) {
    let rest = denomination
    while (rest !== 0n) [divisor, rest] = [rest, divisor % rest]
  }
  return divisor === 0n ? 1n : divisor
}
