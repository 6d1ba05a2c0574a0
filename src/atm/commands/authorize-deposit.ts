import { fits } from '../../ledger/batch/batch-accounts.ts'
import { depositDeclined } from '../../ledger/commands/deposit.ts'
import { formatCents } from '../../money.ts'
import { shownNotes } from '../answers.ts'
import { accepts, roomIn } from '../cash-units.ts'
import { byDenomination, type NoteCount, valueOf } from '../notes.ts'
import { declined } from '../outcomes.ts'
import type { Terminal } from '../terminals.ts'
import { cardsOf } from './authorize-withdrawal.ts'
import { type AtmCommandDefinition, requiredRow } from './definition.ts'
import { type CustomerRequest, customerRequest } from './machine-request.ts'

/** Says that the machine may store the notes it has counted. Nothing moves before it has. */
export interface AuthorizeDeposit extends CustomerRequest {
  readonly kind: 'authorize_deposit'
  /** At least one note, each count at most `MAX_NOTE_COUNT`; together at most `MAX_CENTS`. */
  readonly counted: readonly NoteCount[]
}

export const authorizeDeposit: AtmCommandDefinition<AuthorizeDeposit> = {
  requires: (command) => requiredRow(command, { cards: cardsOf(command) }),

  apply(state, command) {
    const counted = byDenomination(command.counted)
    const amount = valueOf(counted)
    const request = { counted: counted.map(shownNotes) }
    return customerRequest(state, command, { kind: 'deposit', request, amount }, (terminal, account) => {
      if (!hasRoom(terminal, counted)) return declined('unit_full')
      const cash = state.accounts.get(terminal.cashAccountId)
      const reason = depositDeclined(account, amount)
      if (reason !== undefined) return declined(reason)
      if (!fits(cash.balance - amount)) return declined('balance_limit_exceeded')
      const answer = { state: 'authorized', amount: formatCents(amount) }
      return { state: 'authorized', plan: counted.map((count) => ({ unit: '', ...count })), answer }
    })
  },
}

/** Whether all notes find room: first in units of their own denomination, what is left in those for all. */
function hasRoom({ units }: Terminal, counted: readonly NoteCount[]): boolean {
  const taking = units.filter(({ kind }) => kind === 'cash_in' || kind === 'recycler')
  const room = (of: typeof taking): number => of.reduce((sum, unit) => sum + Math.max(0, roomIn(unit)), 0)
  const left = counted.reduce((sum, { denomination, notes }) => {
    const own = taking.filter((unit) => unit.denomination !== undefined && accepts(unit, denomination))
    return sum + Math.max(0, notes - room(own))
  }, 0)
  return left <= room(taking.filter((unit) => unit.denomination === undefined))
}
