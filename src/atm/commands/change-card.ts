import { type CardStatus, cardView, MAX_PIN_TRIES } from '../cards.ts'
import { answered, declined } from '../outcomes.ts'
import type { AtmCommandDefinition } from './definition.ts'

/** Blocks or unlocks a card, or gives it a new PIN. What is not given stays as it is; its session ends. */
export interface ChangeCard {
  readonly kind: 'change_card'
  readonly card: string
  /** `active` unlocks it, and gives it all its tries again. */
  readonly status?: CardStatus
  /** A new PIN has all its tries. */
  readonly pinHash?: string
}

export const changeCard: AtmCommandDefinition<ChangeCard> = {
  requires: ({ card }) => ({ accounts: [], cards: [card] }),

  apply(state, { card: number, status, pinHash }) {
    const card = state.cards.find(number)
    if (card === undefined) return declined('card_not_found')
    card.status = status ?? card.status
    card.pinHash = pinHash ?? card.pinHash
    if (status === 'active' || pinHash !== undefined) card.triesLeft = MAX_PIN_TRIES
    card.session = undefined
    state.cards.save(card)
    return answered(cardView(card))
  },
}
