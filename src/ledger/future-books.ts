import { CLOCK_TOLERANCE_MS, durationOf } from './clock.ts'
import { type Store, StoreOpenError } from '../storage/store.ts'

/** Says when the books end, if that is later than now by more than clocks differ. */
export function futureEnd(latestMs: number, nowMs: number): string | undefined {
  if (latestMs <= nowMs + CLOCK_TOLERANCE_MS) return undefined
  return `the books end at ${new Date(latestMs).toISOString()}, ${durationOf(latestMs - nowMs)} from now`
}

/**
 * Throws `StoreOpenError` for books that end in the future: as their time never runs back, all that is posted would be
 * dated there.
 */
export async function refuseFutureBooks(store: Store, nowMs: number): Promise<void> {
  const end = futureEnd(await store.latestMs(), nowMs)
  if (end === undefined) return
  throw new StoreOpenError(
    `${end}; set the clock of this machine right, date them back with npm run redate, or start with --accept-future-books yes`,
  )
}
