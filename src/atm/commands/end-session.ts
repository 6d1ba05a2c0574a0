import { answered, declined } from '../outcomes.ts'
import type { AtmCommandDefinition } from './definition.ts'
import type { SessionKey } from './machine-request.ts'

/** Ends the card's session at the machine. It is the same to the sender if it has ended already. */
export interface EndSession {
  readonly kind: 'end_session'
  readonly terminal: string
  readonly session: SessionKey
}

export const endSession: AtmCommandDefinition<EndSession> = {
  requires: ({ terminal, session: { card } }) => ({
    accounts: [],
    terminals: [terminal],
    cards: card === undefined ? [] : [card],
  }),

  apply(state, { terminal, session: { card: number, digest } }) {
    if (state.terminals.find(terminal) === undefined) return declined('terminal_not_found')
    const card = number === undefined ? undefined : state.cards.find(number)
    if (card?.session?.digest === digest && card.session.terminalId === terminal) {
      card.session = undefined
      state.cards.save(card)
    }
    return answered({})
  },
}
