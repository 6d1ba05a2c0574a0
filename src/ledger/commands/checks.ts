import { type Account, availableIn } from '../accounts.ts'
import type { BatchState } from '../batch/batch-state.ts'
import { type Hold, holdStatus } from '../holds.ts'
import type { Reason } from '../rejections.ts'
import type { Terms } from '../terms.ts'

/** Why no money may leave the account at all, whatever it holds. */
export function debitBlocked({ status }: Account): Reason | undefined {
  if (status === 'open') return undefined
  return status === 'closed' ? 'account_closed' : 'account_frozen'
}

/** Why no money may enter the account at all. */
export function creditBlocked({ status }: Account): Reason | undefined {
  return status === 'closed' ? 'account_closed' : undefined
}

/** Why money may not go from the one to the other; undefined is cash. A closed account comes before a frozen one. */
export function transferBlocked(debit: Account | undefined, credit: Account | undefined): Reason | undefined {
  return (
    (debit && creditBlocked(debit)) ?? (credit && creditBlocked(credit)) ?? (debit && debitBlocked(debit))
  )
}

/** Whether the account has that many cents to give, or to set aside. */
export function isCovered(state: BatchState, account: Account, amount: bigint, { limits }: Terms): boolean {
  return availableIn(account, limits, state.nowMs) >= amount
}

const endings = { captured: 'hold_captured', released: 'hold_released', expired: 'hold_expired' } as const

/** Why nothing more can come of the hold, if it has ended. */
export function holdEnded(hold: Hold, nowMs: number): Reason | undefined {
  const status = holdStatus(hold, nowMs)
  return status === 'open' ? undefined : endings[status]
}
