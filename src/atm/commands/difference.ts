import { fits } from '../../ledger/batch/batch-accounts.ts'
import type { AtmState } from '../batch/atm-state.ts'
import type { Terminal } from '../terminals.ts'

/** Whether the machine's cash account can take these cents more, or fewer, and its over-and-short account the difference. */
export function canBook(
  { accounts }: AtmState,
  { cashAccountId, overShortAccountId }: Terminal,
  cashChange: bigint,
  difference: bigint,
): boolean {
  return (
    fits(accounts.get(cashAccountId).balance - cashChange) &&
    fits(accounts.get(overShortAccountId).balance + difference)
  )
}

/**
 * Books what was found too much in the machine, in cents, or missing where it is negative: so that its cash account
 * says again what is in it. Answers the posting's id, undefined where there is no difference.
 */
export function bookDifference(
  state: AtmState,
  terminal: Terminal,
  sequence: number,
  difference: bigint,
): number | undefined {
  if (difference === 0n) return undefined
  const cash = state.accounts.get(terminal.cashAccountId)
  const overShort = state.accounts.get(terminal.overShortAccountId)
  const posting =
    difference > 0n
      ? state.postings.post('count', cash, overShort, difference)
      : state.postings.post('count', overShort, cash, -difference)
  state.journal.addPosting(terminal, sequence, posting)
  return posting.id
}
