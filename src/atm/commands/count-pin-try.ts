import type { Reason } from '../../ledger/rejections.ts'
import type { AtmState } from '../batch/atm-state.ts'
import type { Card } from '../cards.ts'
import { isBlocked } from '../cards.ts'
import { declined } from '../outcomes.ts'
import type { AtmCommandDefinition } from './definition.ts'

/**
 * Takes one of the card's PIN tries, and only then answers what the PIN is to be compared with: so neither a crash nor
 * many guesses at once gain a try.
 */
export interface CountPinTry {
  readonly kind: 'count_pin_try'
  readonly terminal: string
  readonly card: string
}

export const countPinTry: AtmCommandDefinition<CountPinTry> = {
  requires: ({ terminal, card }) => ({ accounts: [], terminals: [terminal], cards: [card] }),

  apply(state, { terminal, card: number }) {
    const card = cardAt(state, terminal, number)
    if (typeof card === 'string') return declined(card)
    if (isBlocked(card)) return declined('card_blocked')
    card.triesLeft -= 1
    state.cards.save(card)
    return {
      status: 'pin_try_counted',
      pinHash: card.pinHash,
      triesLeft: card.triesLeft,
      replayed: false,
    }
  },
}

/** The card, if it may be used at the machine; else why it may not. */
export function cardAt(state: AtmState, terminalId: string, number: string): Card | Reason {
  const terminal = state.terminals.find(terminalId)
  if (terminal === undefined) return 'terminal_not_found'
  const card = state.cards.find(number)
  if (card === undefined) return 'card_not_found'
  return card.isDemo === terminal.isDemo ? card : 'card_not_for_terminal'
}
