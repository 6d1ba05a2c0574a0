import { type Account, availableIn } from '../accounts.ts'
import type { BatchState } from '../batch-state.ts'
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

/** Why money may not go from the one to the other; undefined is cash. A closed account is told before a frozen one. */
export function transferBlocked(debit: Account | undefined, credit: Account | undefined): Reason | undefined {
  return (debit && creditBlocked(debit)) ?? (credit && creditBlocked(credit)) ?? (debit && debitBlocked(debit))
}

/** Whether the account has so many cents to give, or to set aside. */
export function isCovered(books: BatchState, account: Account, amount: bigint, { limits }: Terms): boolean {
  return availableIn(account, limits, books.nowMs) >= amount
}
