/** One kind of item: how many steps one of it is worth, and how many there are. */
export interface Item {
  readonly steps: number
  readonly available: number
}

/** In a table of fewest notes: this sum cannot be had. */
export const NEVER = 0xff_ff

/**
 * For each sum from 0 to `sum`, the fewest notes that make it; one table for each number of items used: the first
 * without any, the last with all. Each table is made from the one before by a sliding minimum, so the work is
 * O(items × sum), however many notes there are. `sum` is below `NEVER`.
 */
export function fewestTables(items: readonly Item[], sum: number): readonly Uint16Array[] {
  let table: Uint16Array = new Uint16Array(sum + 1).fill(NEVER)
  table[0] = 0
  const tables = [table]
  const window = new Int32Array(sum + 1)
  for (const item of items) {
    table = fewestWith(item, table, window)
    tables.push(table)
  }
  return tables
}

/**
 * All sums with the same remainder are a row, in which each further note is one place on. Of the places from which the
 * present one can be reached, `window` holds those that may yet be best: the best first, each later one worse.
 */
function fewestWith({ steps, available }: Item, before: Uint16Array, window: Int32Array): Uint16Array {
  const after = new Uint16Array(before.length).fill(NEVER)
  const rest = (place: number, remainder: number): number =>
    (before[place * steps + remainder] ?? NEVER) - place
  for (let remainder = 0; remainder < Math.min(steps, before.length); remainder += 1) {
    let first = 0
    let end = 0
    for (let place = 0, sum = remainder; sum < before.length; place += 1, sum += steps) {
      if (before[sum] !== NEVER) {
        const own = rest(place, remainder)
        while (end > first && rest(window[end - 1] ?? 0, remainder) > own) end -= 1
        window[end] = place
        end += 1
      }
      while (first < end && (window[first] ?? 0) < place - available) first += 1
      if (first < end) after[sum] = rest(window[first] ?? 0, remainder) + place
    }
  }
  return after
}

/**
 * As `fewestTables`, for a cost that grows with the number taken: `costs` has for each item the cost of 0, 1, 2, … of
 * it. The tables are whole only as far as `sum` needs them. The work is O(items × sum × notes), and much less where few
 * sums can be made from the first items.
 */
export function cheapestTables(
  items: readonly Item[],
  costs: readonly Float64Array[],
  sum: number,
): readonly Float64Array[] {
  let table: Float64Array = new Float64Array(sum + 1).fill(Number.POSITIVE_INFINITY)
  table[0] = 0
  let later = items.reduce((most, { steps, available }) => most + steps * available, 0)
  const tables = [table]
  for (const [index, { steps, available }] of items.entries()) {
    later -= steps * available
    table = cheapestWith(steps, costs[index] ?? new Float64Array(1), table, sum - later)
    tables.push(table)
  }
  return tables
}

/** Sums below `least` are of no use: the items that follow cannot make up for what is missing. */
function cheapestWith(steps: number, costs: Float64Array, before: Float64Array, least: number): Float64Array {
  const after = new Float64Array(before.length).fill(Number.POSITIVE_INFINITY)
  for (let from = 0; from < before.length; from += 1) {
    const base = before[from] ?? Number.POSITIVE_INFINITY
    if (base === Number.POSITIVE_INFINITY) continue
    let taken = Math.max(0, Math.ceil((least - from) / steps))
    for (let sum = from + taken * steps; taken < costs.length && sum < before.length; sum += steps) {
      const cost = base + (costs[taken] ?? 0)
      if (cost < (after[sum] ?? 0)) after[sum] = cost
      taken += 1
    }
  }
  return after
}

/**
 * How many of each item make the sum at the cost that the last table has for it, or undefined when it cannot be had.
 * Where several ways cost the same, it takes as few as possible of the last items.
 */
export function waysBack(
  items: readonly Item[],
  tables: readonly ArrayLike<number>[],
  sum: number,
  costOf: (item: number, taken: number) => number,
): readonly number[] | undefined {
  const taken = items.map(() => 0)
  let left = sum
  for (let index = items.length - 1; index >= 0; index -= 1) {
    const { steps, available } = items[index] ?? { steps: 1, available: 0 }
    const count = countTaken(tables[index + 1]?.[left], tables[index], left, steps, available, (notes) =>
      costOf(index, notes),
    )
    if (count === undefined) return undefined
    taken[index] = count
    left -= count * steps
  }
  return taken
}

function countTaken(
  cost: number | undefined,
  before: ArrayLike<number> | undefined,
  sum: number,
  steps: number,
  available: number,
  costOf: (taken: number) => number,
): number | undefined {
  if (cost === undefined || before === undefined || cost === Number.POSITIVE_INFINITY) return undefined
  for (let taken = 0; taken <= available && taken * steps <= sum; taken += 1) {
    if ((before[sum - taken * steps] ?? NEVER) + costOf(taken) === cost) return taken
  }
  return undefined
}
