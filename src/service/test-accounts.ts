import type { OpenAccount } from '../ledger/commands/open-account.ts'
import type { Store } from '../storage/store.ts'

const testAccounts: readonly OpenAccount[] = [
  { kind: 'open', account: '1001', openingBalance: 500_00n },
  { kind: 'open', account: '1002', openingBalance: 1_250_75n },
  { kind: 'open', account: '9999', openingBalance: 0n },
]

/** Opens the accounts to try things with. A store that has accounts is not touched. */
export async function openTestAccounts(store: Store): Promise<void> {
  if (await store.isEmpty()) await store.commit(testAccounts)
}
