import { futureEnd } from '../ledger/clock.ts'
import type { OpenAccount } from '../ledger/commands/open-account.ts'
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

const testAccounts: readonly OpenAccount[] = [
  { kind: 'open', account: '1001', openingBalance: 500_00n },
  { kind: 'open', account: '1002', openingBalance: 1_250_75n },
  { kind: 'open', account: '9999', openingBalance: 0n },
]

/** Opens the accounts to try things with. A store that has accounts is not touched. */
export async function openTestAccounts(store: Store): Promise<void> {
  if (await store.isEmpty()) await store.commit(testAccounts)
}
