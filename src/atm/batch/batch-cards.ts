import type { BatchAccounts } from '../../ledger/batch/batch-accounts.ts'
import type { Card } from '../cards.ts'

/** The cards of a batch, as its commands leave them. */
export class BatchCards {
  /** Those that were created or changed, by number. */
  readonly changed = new Map<string, Card>()
  readonly #accounts: BatchAccounts
  readonly #cards = new Map<string, Card>()

  constructor(cards: readonly Card[], accounts: BatchAccounts) {
    this.#accounts = accounts
    for (const card of cards) this.#cards.set(card.number, card)
  }

  find(number: string): Card | undefined {
    return this.#cards.get(number)
  }

  /** Adds the card, or notes that it has changed. A card changes only together with its account, see `AtmState`. */
  save(card: Card): void {
    this.#cards.set(card.number, card)
    this.changed.set(card.number, card)
    this.#accounts.changed.add(this.#accounts.get(card.accountId))
  }
}
