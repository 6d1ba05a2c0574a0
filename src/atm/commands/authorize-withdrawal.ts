import { fits } from '../../ledger/batch/batch-accounts.ts'
import { withdrawalDeclined } from '../../ledger/commands/withdraw.ts'
import { formatCents } from '../../money.ts'
import { shownUnitNotes } from '../answers.ts'
import { type Mix, planNotes } from '../note-plan.ts'
import type { UnitNotes } from '../notes.ts'
import { type Declined, declined } from '../outcomes.ts'
import { DISPENSE_WITHIN_SECONDS } from '../terminal-transactions.ts'
import { supplyOf, type Terminal } from '../terminals.ts'
import { type AtmCommandDefinition, requiredRow } from './definition.ts'
import { type CustomerRequest, customerRequest } from './machine-request.ts'

/** Takes the money, and says which notes the machine is to give for it. */
export interface AuthorizeWithdrawal extends CustomerRequest {
  readonly kind: 'authorize_withdrawal'
  /** Cents, 1 to `MAX_CENTS`. */
  readonly amount: bigint
  readonly mix: Mix
  /** Units that do not work, as the machine says. */
  readonly unavailableUnits: readonly string[]
}

export const authorizeWithdrawal: AtmCommandDefinition<AuthorizeWithdrawal> = {
  requires: (command) => requiredRow(command, { cards: cardsOf(command) }),

  apply(state, command, terms) {
    const { amount, mix, unavailableUnits, sequence } = command
    const request = { amount: formatCents(amount), mix, unavailable_units: unavailableUnits.toSorted() }
    return customerRequest(state, command, { kind: 'withdrawal', request, amount }, (terminal, account) => {
      const plan = planFor(terminal, command)
      if ('status' in plan) return plan
      const cash = state.accounts.get(terminal.cashAccountId)
      const reason = withdrawalDeclined(state, account, amount, terms)
      if (reason !== undefined) return declined(reason)
      if (!fits(cash.balance + amount)) return declined('balance_limit_exceeded')
      const posting = state.postings.post('withdraw', account, cash, amount)
      state.journal.addPosting(terminal, sequence, posting)
      // In the books the customer has the notes from now on: they are in no unit, and may be on their way.
      for (const { unit, denomination, notes } of plan.notes) {
        const move = { sequence, from: { unit }, to: 'customer', denomination, notes } as const
        state.journal.moveNotes(terminal, { ...move, postingId: posting.id })
      }
      const answer = {
        state: 'authorized',
        plan: plan.notes.map(shownUnitNotes),
        dispense_within: DISPENSE_WITHIN_SECONDS,
        balance: formatCents(account.balance),
      }
      return { state: 'authorized', plan: plan.notes, posting, answer }
    })
  },
}

/** The card whose session the request names, if there is one. */
export function cardsOf({ session: { card } }: CustomerRequest): readonly string[] {
  return card === undefined ? [] : [card]
}

function planFor(
  terminal: Terminal,
  { amount, mix, unavailableUnits }: AuthorizeWithdrawal,
): { readonly notes: readonly UnitNotes[] } | Declined {
  const plan = planNotes(amount, supplyOf(terminal, unavailableUnits), mix)
  if (plan.status === 'planned') return { notes: plan.notes }
  const reason = plan.status === 'too_many_notes' ? plan.status : 'amount_not_dispensable'
  return declined(reason, { nearest: plan.nearest.map(formatCents) })
}
