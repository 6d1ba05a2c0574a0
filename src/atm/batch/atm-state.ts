import type { BatchAccounts } from '../../ledger/batch/batch-accounts.ts'
import type { BatchState as LedgerState } from '../../ledger/batch/batch-state.ts'
import type { Card } from '../cards.ts'
import type { TerminalTransaction } from '../terminal-transactions.ts'
import type { Terminal } from '../terminals.ts'
import { BatchCards } from './batch-cards.ts'
import { BatchJournal } from './batch-journal.ts'
import { BatchTerminals } from './batch-terminals.ts'

/** What an engine loads for the ATM's commands of a batch: as much of what they require as exists. */
export interface LoadedAtm {
  /** Each with its customer's account among the batch's accounts. */
  readonly cards: readonly Card[]
  /** Each with both of its accounts among the batch's accounts, and its unsettled transaction below. */
  readonly terminals: readonly Terminal[]
  /** Each with its posting among those that can be reversed, and its customer's account. */
  readonly transactions: readonly TerminalTransaction[]
}

/**
 * The state on which the ATM's commands work: the ledger's, and their own. Everything hangs on accounts, so that locks
 * and versions of accounts cover all of it: a terminal, its units, journal and note moves change only together with its
 * cash account, a card only together with its customer's account.
 */
export interface AtmState extends LedgerState {
  readonly cards: BatchCards
  readonly terminals: BatchTerminals
  readonly journal: BatchJournal
}

/** What the ATM adds to the state of a batch. */
export function atmParts(
  { cards, terminals, transactions }: LoadedAtm,
  accounts: BatchAccounts,
): Pick<AtmState, 'cards' | 'terminals' | 'journal'> {
  const batchTerminals = new BatchTerminals(terminals, accounts)
  return {
    cards: new BatchCards(cards, accounts),
    terminals: batchTerminals,
    journal: new BatchJournal(transactions, batchTerminals),
  }
}
