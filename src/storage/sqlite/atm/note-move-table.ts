import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { NoteMove, TerminalTransaction } from '../../../atm/terminal-transactions.ts'
import { noteMoveFrom, valuesOfMove } from '../../journal-rows.ts'
import { prepare } from '../tables/statements.ts'
import { withChecksum, writtenColumns } from './atm-checksums.ts'
import { insertInto } from './statements.ts'

/** The notes that moved: appended, never changed. */
export class NoteMoveTable {
  readonly #insert: StatementSync
  readonly #selectAll: StatementSync
  readonly #selectOf: StatementSync

  constructor(database: DatabaseSync) {
    this.#insert = prepare(database, insertInto('note_moves', writtenColumns('note_moves')))
    this.#selectAll = prepare(database, 'SELECT * FROM note_moves ORDER BY id')
    this.#selectOf = prepare(
      database,
      'SELECT * FROM note_moves WHERE terminal_id = ? AND sequence = ? ORDER BY id',
    )
  }

  insert(move: NoteMove): void {
    this.#insert.run(...withChecksum(valuesOfMove(move)))
  }

  of({ terminalId, sequence }: TerminalTransaction): NoteMove[] {
    return this.#selectOf.all(terminalId, sequence).map(noteMoveFrom)
  }

  /** In the order in which they were appended. */
  *all(): Generator<NoteMove> {
    for (const row of this.#selectAll.iterate()) yield noteMoveFrom(row)
  }
}
