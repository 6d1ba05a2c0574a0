import { type AtmState, atmParts, type LoadedAtm } from '../atm/batch/atm-state.ts'
import type { BatchCards } from '../atm/batch/batch-cards.ts'
import type { BatchJournal } from '../atm/batch/batch-journal.ts'
import type { BatchTerminals } from '../atm/batch/batch-terminals.ts'
import { BatchState as LedgerState } from '../ledger/batch/batch-state.ts'
import type { LoadedState as LoadedLedger } from '../ledger/batch/loaded-state.ts'

/** What an engine loads for a batch: as much of what its commands require (see `requiredState`) as exists. */
export interface LoadedState extends LoadedLedger {
  /** Undefined where no command of the batch is the ATM's. */
  readonly atm?: LoadedAtm
}

const NOTHING: LoadedAtm = { cards: [], terminals: [], transactions: [] }

/** The state of one batch. An engine loads it, `decide` changes it, and the engine persists the changes. */
export class BatchState extends LedgerState implements AtmState {
  readonly cards: BatchCards
  readonly terminals: BatchTerminals
  readonly journal: BatchJournal

  constructor(loaded: LoadedState) {
    super(loaded)
    const { cards, terminals, journal } = atmParts(loaded.atm ?? NOTHING, this.accounts)
    this.cards = cards
    this.terminals = terminals
    this.journal = journal
  }
}
