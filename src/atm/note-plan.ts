import { cheapestTables, fewestTables, NEVER, waysBack } from './knapsack.ts'
import { type DenominationStock, mostOf, type NoteStock, type NoteSupply, stockOf } from './note-stock.ts'
import { nearestTo } from './payable-sums.ts'

/**
 * `fewest` gives as few notes as possible. `mixed` empties all denominations alike: of all plans it is the one with the
 * least sum of denomination × taken² ÷ available, so what is scarce is spared and small notes are given too. Where
 * that would be more notes than the machine gives in one go, it gives the fewest.
 */
export type Mix = 'fewest' | 'mixed'

export const mixes: readonly Mix[] = ['fewest', 'mixed']

/** Notes to be taken from one cash unit, at least one. */
export interface PlannedNotes {
  readonly unit: string
  readonly denomination: bigint
  readonly notes: number
}

export type NotePlan =
  | { readonly status: 'planned'; readonly notes: readonly PlannedNotes[] }
  /** Nothing that the machine has comes to this amount. `nearest`: the next below and above that can be paid. */
  | { readonly status: 'not_dispensable'; readonly nearest: readonly bigint[] }
  /** It would take more notes than the machine gives in one go. */
  | { readonly status: 'too_many_notes'; readonly nearest: readonly bigint[] }

/** Which notes pay the amount, in cents above zero. A plan is found whenever there is one. */
export function planNotes(amount: bigint, supply: NoteSupply, mix: Mix = 'fewest'): NotePlan {
  const stock = stockOf(supply)
  if (amount % stock.step !== 0n || amount > mostOf(stock, Number.POSITIVE_INFINITY))
    return { status: 'not_dispensable', nearest: nearestTo(amount, stock) }
  if (amount > mostOf(stock, stock.maxNotes))
    return { status: 'too_many_notes', nearest: nearestTo(amount, stock) }

  const sum = Number(amount / stock.step)
  const fewest = fewestNotes(stock, sum)
  if (fewest === undefined) return { status: 'not_dispensable', nearest: nearestTo(amount, stock) }
  if (noteCount(fewest) > stock.maxNotes)
    return { status: 'too_many_notes', nearest: nearestTo(amount, stock) }
  const mixed = mix === 'mixed' ? mixedNotes(stock, sum) : undefined
  const taken = mixed === undefined || noteCount(mixed) > stock.maxNotes ? fewest : mixed
  return { status: 'planned', notes: fromUnits(stock, taken) }
}

function fewestNotes(stock: NoteStock, sum: number): readonly number[] | undefined {
  const items = stock.denominations.map(({ steps, notes }) => ({ steps, available: notes }))
  const tables = fewestTables(items, sum)
  if (tables.at(-1)?.[sum] === NEVER) return undefined
  return waysBack(items, tables, sum, (_, taken) => taken)
}

function mixedNotes(stock: NoteStock, sum: number): readonly number[] | undefined {
  const items = stock.denominations.map(({ steps, notes }) => ({
    steps,
    available: Math.min(notes, stock.maxNotes),
  }))
  const costs = stock.denominations.map((each) => wearOf(each, stock.maxNotes))
  const tables = cheapestTables(items, costs, sum)
  return waysBack(items, tables, sum, (item, taken) => costs[item]?.[taken] ?? 0)
}

/** What it costs `mixed` to take 0, 1, 2, … notes of a denomination. */
function wearOf({ steps, notes }: DenominationStock, maxNotes: number): Float64Array {
  return Float64Array.from(
    { length: Math.min(notes, maxNotes) + 1 },
    (_, taken) => (steps * taken * taken) / notes,
  )
}

function noteCount(taken: readonly number[]): number {
  return taken.reduce((sum, count) => sum + count, 0)
}

/** Of each denomination, the fullest unit gives first, and as much as it has. */
function fromUnits(stock: NoteStock, taken: readonly number[]): readonly PlannedNotes[] {
  return stock.denominations.flatMap(({ denomination, units }, index) => {
    let left = taken[index] ?? 0
    return units.flatMap(({ unit, notes: available }) => {
      const notes = Math.min(left, available)
      left -= notes
      return notes === 0 ? [] : [{ unit, denomination, notes }]
    })
  })
}
