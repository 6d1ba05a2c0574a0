import type { DatabaseSync } from 'node:sqlite'
import { NOTE_MOVE_COLUMNS, TERMINAL_POSTING_COLUMNS, TRANSACTION_COLUMNS } from '../../journal-rows.ts'
import { CARD_COLUMNS, CASH_UNIT_COLUMNS, TERMINAL_COLUMNS } from '../../machine-rows.ts'
import type { StoredValue } from '../../row-values.ts'
import { number } from '../../row-values.ts'
import { checksumOf } from '../tables/checksums.ts'
import { prepare } from '../tables/statements.ts'

/** What the checksum of a row is of: all its columns but its id, in this order. */
const CHECKED_COLUMNS = {
  cards: CARD_COLUMNS,
  terminals: TERMINAL_COLUMNS,
  cash_units: CASH_UNIT_COLUMNS,
  terminal_transactions: TRANSACTION_COLUMNS,
  note_moves: NOTE_MOVE_COLUMNS,
  terminal_postings: TERMINAL_POSTING_COLUMNS,
} as const satisfies Readonly<Record<string, readonly string[]>>

export type AtmTable = keyof typeof CHECKED_COLUMNS

const TABLES: readonly AtmTable[] = [
  'cards',
  'terminals',
  'cash_units',
  'terminal_transactions',
  'note_moves',
  'terminal_postings',
]

/** The columns that a statement writes: those of the rows, and the checksum of their values. */
export function writtenColumns(table: AtmTable): readonly string[] {
  return [...CHECKED_COLUMNS[table], 'checksum']
}

/** The values of a row, and their checksum. */
export function withChecksum(values: readonly StoredValue[]): readonly StoredValue[] {
  return [...values, checksumOf(values)]
}

/** Names the rows of cards and cash machines that are not as they were written. */
export function* alteredAtmRows(database: DatabaseSync): Generator<string> {
  for (const table of TABLES) {
    const columns = CHECKED_COLUMNS[table]
    const select = prepare(database, `SELECT id, checksum, ${columns.join(', ')} FROM ${table} ORDER BY id`)
    for (const row of select.iterate()) {
      const values = columns.map((column) => row[column] ?? null)
      if (number(row, 'checksum') !== checksumOf(values))
        yield `row ${number(row, 'id')} of ${table} is not as it was written: its checksum is that of other values`
    }
  }
}
