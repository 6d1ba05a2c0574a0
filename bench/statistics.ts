/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle]
  if (upper === undefined) throw new Error('no values have no median')
  const lower = sorted.length % 2 === 0 ? sorted[middle - 1] : upper
  return ((lower ?? upper) + upper) / 2
}

/** Divides round by round, so that what slowed the machine down in one round slows down both sides. */
export function ratios(numerators: readonly number[], denominators: readonly number[]): number[] {
  if (numerators.length !== denominators.length)
    throw new Error('the two sides have different numbers of rounds')
  return numerators.map((numerator, round) => numerator / (denominators[round] ?? Number.NaN))
}
