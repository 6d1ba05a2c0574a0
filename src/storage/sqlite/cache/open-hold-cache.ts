import type { BatchState } from '../../../ledger/batch/batch-state.ts'
import { hasExpired, NO_HOLDS, type OpenHold } from '../../../ledger/holds.ts'
import type { AccountHold } from '../tables/hold-table.ts'

/** A commit looks for expired holds in this many accounts, and in two more for each hold that it changes. */
const LOOKED_AT_LEAST = 2

/** The open holds of the few accounts that have some. */
export class OpenHoldCache {
  readonly #byAccount = new Map<number, readonly OpenHold[]>()
  #sweep: Iterator<readonly [number, readonly OpenHold[]]> = this.#byAccount.entries()

  constructor(unexpired: Iterable<AccountHold>) {
    for (const [accountId, holds] of Map.groupBy(unexpired, (each) => each.accountId))
      this.#byAccount.set(
        accountId,
        holds.map(({ hold }) => hold),
      )
  }

  of(accountId: number): readonly OpenHold[] {
    return this.#byAccount.get(accountId) ?? NO_HOLDS
  }

  /** To be called when a batch is committed. */
  committed({ accounts, holds, nowMs }: BatchState): void {
    if (holds.changed.size > 0) for (const { id, openHolds } of accounts.changed) this.#set(id, openHolds)
    this.#forgetExpired(nowMs, LOOKED_AT_LEAST + 2 * holds.changed.size)
  }

  /** Looks at the next few accounts: what has expired would stay where an account is not used any more. */
  #forgetExpired(nowMs: number, accounts: number): void {
    for (let looked = 0; looked < accounts; looked += 1) {
      const { done, value } = this.#sweep.next()
      if (done === true) {
        this.#sweep = this.#byAccount.entries()
        return
      }
      const [accountId, holds] = value
      const unexpired = holds.filter((hold) => !hasExpired(hold, nowMs))
      if (unexpired.length < holds.length) this.#set(accountId, unexpired)
    }
  }

  #set(accountId: number, holds: readonly OpenHold[]): void {
    if (holds.length > 0) this.#byAccount.set(accountId, holds)
    else this.#byAccount.delete(accountId)
  }
}
