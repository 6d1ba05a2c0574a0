import { cardView, MAX_PIN_TRIES } from '../cards.ts'
import { answered, declined } from '../outcomes.ts'
import type { AtmCommandDefinition } from './definition.ts'

/** Gives a customer a card. */
export interface CreateCard {
  readonly kind: 'create_card'
  /** See `isCardNumber`. */
  readonly card: string
  /** The number of the account that it is for. */
  readonly account: string
  /** What the service makes of the PIN: nothing here ever sees the PIN itself. */
  readonly pinHash: string
  /** Whether it works at demo machines, and only there. */
  readonly isDemo: boolean
}

export const createCard: AtmCommandDefinition<CreateCard> = {
  requires: ({ card, account }) => ({ accounts: [account], cards: [card] }),

  apply(state, { card: number, account: accountNumber, pinHash, isDemo }) {
    if (state.cards.find(number) !== undefined) return declined('card_exists')
    const account = state.accounts.find(accountNumber)
    if (account === undefined) return declined('account_not_found')
    const card = {
      number,
      accountId: account.id,
      accountNumber,
      status: 'active' as const,
      pinHash,
      triesLeft: MAX_PIN_TRIES,
      session: undefined,
      isDemo,
    }
    state.cards.save(card)
    return answered(cardView(card))
  },
}
