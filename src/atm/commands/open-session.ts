import { MAX_PIN_TRIES, SESSION_MS } from '../cards.ts'
import { answered, declined } from '../outcomes.ts'
import { cardAt } from './count-pin-try.ts'
import type { AtmCommandDefinition } from './definition.ts'

/** Opens the card's session at a machine, once its PIN was compared: a new session ends the one before. */
export interface OpenSession {
  readonly kind: 'open_session'
  readonly terminal: string
  readonly card: string
  /** What the PIN was compared with: it may have been changed meanwhile. */
  readonly pinHash: string
  /** SHA-256 of the session's token, one byte a character. */
  readonly digest: string
}

export const openSession: AtmCommandDefinition<OpenSession> = {
  requires: ({ terminal, card }) => ({ accounts: [], terminals: [terminal], cards: [card] }),

  apply(state, { terminal, card: number, pinHash, digest }) {
    const card = cardAt(state, terminal, number)
    if (typeof card === 'string') return declined(card)
    // That no try is left is no reason: it was taken for this very PIN.
    if (card.status === 'blocked') return declined('card_blocked')
    if (card.pinHash !== pinHash) return declined('wrong_pin', { tries_left: card.triesLeft })
    const untilMs = state.nowMs + SESSION_MS
    card.triesLeft = MAX_PIN_TRIES
    card.session = { digest, terminalId: terminal, untilMs }
    state.cards.save(card)
    return answered({ account_number: card.accountNumber, expires_at: new Date(untilMs).toISOString() })
  },
}
