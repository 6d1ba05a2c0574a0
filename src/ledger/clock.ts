import { StoreUnavailable } from '../storage/store.ts'

/** Clocks that should agree may differ by this: NTP corrects by less, and a date that is wrong by it does no harm. */
export const CLOCK_TOLERANCE_MS = 10_000

/** The time of day is not known well enough to date anything by it. */
export class ClockFault extends StoreUnavailable {
  override readonly name = 'ClockFault'
}

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
