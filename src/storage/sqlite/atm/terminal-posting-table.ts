import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { TerminalPosting, TerminalTransaction } from '../../../atm/terminal-transactions.ts'
import { valuesOfTerminalPosting } from '../../journal-rows.ts'
import { number, text } from '../../row-values.ts'
import { prepare } from '../tables/statements.ts'
import { withChecksum, writtenColumns } from './atm-checksums.ts'
import { insertInto } from './statements.ts'

/** The transactions of machines that postings on the machines' accounts belong to: appended, never changed. */
export class TerminalPostingTable {
  readonly #insert: StatementSync
  readonly #selectTerminal: StatementSync
  readonly #selectOf: StatementSync

  constructor(database: DatabaseSync) {
    this.#insert = prepare(database, insertInto('terminal_postings', writtenColumns('terminal_postings')))
    // A row whose transaction is gone belongs to nothing.
    this.#selectTerminal = prepare(
      database,
      `SELECT terminal_id FROM terminal_postings JOIN terminal_transactions USING (terminal_id, sequence)
       WHERE terminal_postings.posting_id = ?`,
    )
    this.#selectOf = prepare(
      database,
      'SELECT posting_id FROM terminal_postings WHERE terminal_id = ? AND sequence = ? ORDER BY id',
    )
  }

  insert(posting: TerminalPosting): void {
    this.#insert.run(...withChecksum(valuesOfTerminalPosting(posting)))
  }

  /** The terminal of the transaction that the posting belongs to. */
  terminalOf(postingId: number): string | undefined {
    const row = this.#selectTerminal.get(postingId)
    return row && text(row, 'terminal_id')
  }

  /** The ids of the postings that belong to the transaction. */
  of({ terminalId, sequence }: TerminalTransaction): number[] {
    return this.#selectOf.all(terminalId, sequence).map((row) => number(row, 'posting_id'))
  }
}
