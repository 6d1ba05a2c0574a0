import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Terminal } from '../../../atm/terminals.ts'
import { cashUnitFrom, terminalFrom, valuesOfTerminal, valuesOfUnit } from '../../machine-rows.ts'
import { type Row, text } from '../../row-values.ts'
import { prepare } from '../tables/statements.ts'
import { withChecksum, writtenColumns } from './atm-checksums.ts'
import { upsertInto } from './statements.ts'

/** The cash machines, with their units and what those hold. */
export class TerminalTable {
  readonly #save: StatementSync
  readonly #saveUnit: StatementSync
  readonly #select: StatementSync
  readonly #selectAfter: StatementSync
  readonly #selectAll: StatementSync
  readonly #selectUnits: StatementSync

  constructor(database: DatabaseSync) {
    this.#save = prepare(database, upsertInto('terminals', writtenColumns('terminals'), ['terminal_id']))
    this.#saveUnit = prepare(
      database,
      upsertInto('cash_units', writtenColumns('cash_units'), ['terminal_id', 'place']),
    )
    const select = 'SELECT * FROM terminals'
    this.#select = prepare(database, `${select} WHERE terminal_id = ?`)
    this.#selectAfter = prepare(database, `${select} WHERE terminal_id > ? ORDER BY terminal_id LIMIT ?`)
    this.#selectAll = prepare(database, `${select} ORDER BY terminal_id`)
    this.#selectUnits = prepare(database, 'SELECT * FROM cash_units WHERE terminal_id = ? ORDER BY place')
  }

  /** Writes what has changed of the terminal and its units. */
  save(terminal: Terminal): void {
    this.#save.run(...withChecksum(valuesOfTerminal(terminal)))
    for (const [place, unit] of terminal.units.entries())
      this.#saveUnit.run(...withChecksum(valuesOfUnit(terminal, place, unit)))
  }

  find(id: string): Terminal | undefined {
    const row = this.#select.get(id)
    return row && this.#terminalFrom(row)
  }

  /** Terminals with ids after `afterId`, in the order of their ids, `limit` at most. */
  after(afterId: string, limit: number): Terminal[] {
    return this.#selectAfter.all(afterId, limit).map((row) => this.#terminalFrom(row))
  }

  *all(): Generator<Terminal> {
    for (const row of this.#selectAll.iterate()) yield this.#terminalFrom(row)
  }

  #terminalFrom(row: Row): Terminal {
    return terminalFrom(row, this.#selectUnits.all(text(row, 'terminal_id')).map(cashUnitFrom))
  }
}
