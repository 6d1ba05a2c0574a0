/** Clocks that should agree may differ by this: NTP corrects by less, and a date that is wrong by it does no harm. */
export const CLOCK_TOLERANCE_MS = 10_000

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** How long that is, for people: `3650 days`. */
export function durationOf(ms: number): string {
  const [unit, unitMs] = UNITS.find(([, each]) => Math.abs(ms) >= 2 * each) ?? ['second', 1_000]
  return `${Math.round(Math.abs(ms) / unitMs)} ${unit}s`
}

/** Says when the books end, if that is later than now by more than clocks differ. */
export function futureEnd(latestMs: number, nowMs: number): string | undefined {
  if (latestMs <= nowMs + CLOCK_TOLERANCE_MS) return undefined
  return `the books end at ${new Date(latestMs).toISOString()}, ${durationOf(latestMs - nowMs)} from now`
}
