import { futureEnd } from '../ledger/clock.ts'
import { type Store, StoreOpenError } from '../storage/store.ts'

/**
 * Throws `StoreOpenError` for books that end in the future: the ledger's time never runs backwards, so all that is
 * posted would be dated there.
 */
export async function refuseFutureBooks(store: Store, nowMs: number): Promise<void> {
  const end = futureEnd(await store.latestMs(), nowMs)
  if (end === undefined) return
  throw new StoreOpenError(
    `${end}; set the clock of this machine right, date them back with npm run redate, or start with --accept-future-books yes`,
  )
}
