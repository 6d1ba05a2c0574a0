import { transfer } from '../../ledger/commands/transfer.ts'
import { formatCents } from '../../money.ts'
import type { Answer } from '../answers.ts'
import { declined } from '../outcomes.ts'
import { cardsOf } from './authorize-withdrawal.ts'
import { type AtmCommandDefinition, requiredRow } from './definition.ts'
import { type CustomerRequest, customerRequest } from './machine-request.ts'

/** Moves money from the card's account to another customer's, by the rules of any transfer. */
export interface MachineTransfer extends CustomerRequest {
  readonly kind: 'machine_transfer'
  /** The number of the account that is paid. */
  readonly to: string
  /** Cents, 1 to `MAX_CENTS`. */
  readonly amount: bigint
}

export const machineTransfer: AtmCommandDefinition<MachineTransfer> = {
  requires: (command) => requiredRow(command, { cards: cardsOf(command), accounts: [command.to] }),

  apply(state, command, terms) {
    const { to, amount } = command
    const request = { to, amount: formatCents(amount) }
    return customerRequest(state, command, { kind: 'transfer', request, amount }, (_, account) => {
      const from = account.number ?? ''
      const outcome = transfer.apply(state, { kind: 'transfer', from, to, amount }, terms)
      if (outcome.status === 'rejected') return declined(outcome.reason)
      if (outcome.status !== 'posted') throw new TypeError(`a transfer is not ${outcome.status}`)
      const { posting } = outcome
      const answer: Answer = { state: 'settled', balance: formatCents(account.balance) }
      return { state: 'settled', posting, answer }
    })
  },
}
