import type { NoteSupply } from '../../src/atm/note-stock.ts'

/** One way to pay: notes of each denomination, in the order of `denominations`. */
export interface Way {
  readonly sum: bigint
  readonly notes: number
  /** Sum of denomination × taken² ÷ available. */
  readonly wear: number
}

/** Every sum that can be made, with every way to make it. For small supplies only. */
export function allWays(supply: NoteSupply): readonly Way[] {
  const available = new Map<bigint, number>()
  for (const { unit, denomination, notes } of supply.units) {
    if (supply.unavailable?.has(unit) !== true)
      available.set(denomination, (available.get(denomination) ?? 0) + notes)
  }
  let ways: readonly Way[] = [{ sum: 0n, notes: 0, wear: 0 }]
  for (const [denomination, notes] of available) {
    const one = Number(denomination)
    ways = ways.flatMap((way) =>
      Array.from({ length: notes + 1 }, (_, taken) => ({
        sum: way.sum + denomination * BigInt(taken),
        notes: way.notes + taken,
        wear: way.wear + (taken === 0 ? 0 : (one * taken * taken) / notes),
      })),
    )
  }
  return ways
}

/** The payable sums next to the amount, the smaller first. */
export function nearestAmong(ways: readonly Way[], amount: bigint, maxNotes: number): readonly bigint[] {
  let below = 0n
  let above: bigint | undefined
  for (const { sum, notes } of ways) {
    if (notes > maxNotes || notes === 0) continue
    if (sum < amount && sum > below) below = sum
    if (sum > amount && (above === undefined || sum < above)) above = sum
  }
  return [...(below > 0n ? [below] : []), ...(above === undefined ? [] : [above])]
}
