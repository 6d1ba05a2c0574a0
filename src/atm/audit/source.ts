import type { Chunks } from '../../ledger/audit/source.ts'
import type { Posting } from '../../ledger/postings.ts'
import type { NoteMove, TerminalTransaction } from '../terminal-transactions.ts'
import type { Terminal } from '../terminals.ts'

/** All that a store holds of cash machines, from the same unchanging snapshot as its postings. */
export interface AtmAuditSource {
  readonly terminals: () => Chunks<AuditedTerminal>
  /** Every note move of every terminal, those of one terminal in the order in which they were appended. */
  readonly noteMoves: () => Chunks<NoteMove>
  /** Every row of every journal. */
  readonly transactions: () => Chunks<AuditedTransaction>
  /** Every posting on an account of the bank's own that is no cash drawer. */
  readonly postings: () => Chunks<AuditedTerminalPosting>
}

export interface AuditedTerminal {
  readonly terminal: Terminal
  /** Cents. */
  readonly cashBalance: bigint
  readonly overShortBalance: bigint
}

export interface AuditedTransaction {
  readonly transaction: TerminalTransaction
  /** Its note moves. */
  readonly moves: readonly NoteMove[]
  /** The postings that belong to it, see `TerminalPosting`. */
  readonly postings: readonly Posting[]
  /** The posting that it names, if there is one of that id. */
  readonly posting: Posting | undefined
  /** What has been given back of that posting, in cents. */
  readonly reversedAmount: bigint
}

export interface AuditedTerminalPosting {
  readonly posting: Posting
  /** The terminal of the journal's row that it belongs to, if it belongs to one. */
  readonly terminalId: string | undefined
}
