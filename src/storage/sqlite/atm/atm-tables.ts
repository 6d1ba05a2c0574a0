import type { DatabaseSync } from 'node:sqlite'
import type { BatchState } from '../../../state-machine/batch-state.ts'
import { CardTable } from './card-table.ts'
import { JournalTable } from './journal-table.ts'
import { NoteMoveTable } from './note-move-table.ts'
import { TerminalPostingTable } from './terminal-posting-table.ts'
import { TerminalTable } from './terminal-table.ts'

/** The tables of cards and cash machines. */
export class AtmTables {
  readonly cards: CardTable
  readonly terminals: TerminalTable
  readonly journal: JournalTable
  readonly noteMoves: NoteMoveTable
  readonly postings: TerminalPostingTable

  constructor(database: DatabaseSync) {
    this.cards = new CardTable(database)
    this.terminals = new TerminalTable(database)
    this.journal = new JournalTable(database)
    this.noteMoves = new NoteMoveTable(database)
    this.postings = new TerminalPostingTable(database)
  }

  /** Writes what a batch has made of cards and cash machines. */
  persist({ cards, terminals, journal }: BatchState): void {
    for (const card of cards.changed.values()) this.cards.save(card)
    for (const terminal of terminals.changed.values()) this.terminals.save(terminal)
    for (const transaction of journal.changed.values()) this.journal.save(transaction)
    for (const move of journal.noteMoves) this.noteMoves.insert(move)
    for (const posting of journal.postings) this.postings.insert(posting)
  }
}
