import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { SequenceOf } from '../../../atm/commands/definition.ts'
import type { SequenceRange, TransactionTotal } from '../../../atm/stored.ts'
import { MAX_SEQUENCE, type TerminalTransaction } from '../../../atm/terminal-transactions.ts'
import {
  IS_OPEN,
  TOTAL_COLUMNS,
  totalFrom,
  transactionFrom,
  valuesOfTransaction,
} from '../../journal-rows.ts'
import { number } from '../../row-values.ts'
import { prepare } from '../tables/statements.ts'
import { LATEST_STEP_MS } from './atm-schema.ts'
import { withChecksum, writtenColumns } from './atm-checksums.ts'
import { upsertInto } from './statements.ts'

/** The journals of all cash machines: a row for each sequence, whatever becomes of it. */
export class JournalTable {
  readonly #save: StatementSync
  readonly #select: StatementSync
  readonly #selectPage: StatementSync
  readonly #selectOpen: StatementSync
  readonly #selectTotals: StatementSync
  readonly #selectLatest: StatementSync
  readonly #selectDatedAfter: StatementSync
  readonly #selectAll: StatementSync

  constructor(database: DatabaseSync) {
    this.#save = prepare(
      database,
      upsertInto('terminal_transactions', writtenColumns('terminal_transactions'), [
        'terminal_id',
        'sequence',
      ]),
    )
    const select = 'SELECT * FROM terminal_transactions'
    this.#select = prepare(database, `${select} WHERE terminal_id = ? AND sequence = ?`)
    this.#selectPage = prepare(
      database,
      `${select} WHERE terminal_id = ? AND sequence > ? AND sequence < ? ORDER BY sequence DESC LIMIT ?`,
    )
    this.#selectOpen = prepare(
      database,
      `${select} WHERE ${IS_OPEN} AND (terminal_id, sequence) > (?, ?)
       ORDER BY terminal_id, sequence LIMIT ?`,
    )
    this.#selectTotals = prepare(
      database,
      `SELECT ${TOTAL_COLUMNS} FROM terminal_transactions
       WHERE terminal_id = ? AND at_ms >= ? AND at_ms < ? GROUP BY kind, state ORDER BY kind, state`,
    )
    this.#selectLatest = prepare(
      database,
      `SELECT coalesce(max(${LATEST_STEP_MS}), 0) AS latest_ms FROM terminal_transactions`,
    )
    this.#selectDatedAfter = prepare(database, `${select} WHERE ${LATEST_STEP_MS} > ? LIMIT 1000`)
    this.#selectAll = prepare(database, `${select} ORDER BY terminal_id, sequence`)
  }

  save(transaction: TerminalTransaction): void {
    this.#save.run(...withChecksum(valuesOfTransaction(transaction)))
  }

  find({ terminal, sequence }: SequenceOf): TerminalTransaction | undefined {
    const row = this.#select.get(terminal, sequence)
    return row && transactionFrom(row)
  }

  /** Rows of the terminal within the range, the newest first, `limit` at most. */
  page(terminalId: string, range: SequenceRange, limit: number): TerminalTransaction[] {
    const { after = 0, before = MAX_SEQUENCE + 1 } = range
    return this.#selectPage.all(terminalId, after, before, limit).map(transactionFrom)
  }

  /** The transactions that wait for something, after that one, `limit` at most. */
  openAfter({ terminal, sequence }: SequenceOf, limit: number): TerminalTransaction[] {
    return this.#selectOpen.all(terminal, sequence, limit).map(transactionFrom)
  }

  totals(terminalId: string, fromMs: number, toMs: number): TransactionTotal[] {
    return this.#selectTotals.all(terminalId, fromMs, toMs).map(totalFrom)
  }

  /** The latest date of any step, 0 where there is none. */
  latestMs(): number {
    const row = this.#selectLatest.get()
    return row === undefined ? 0 : number(row, 'latest_ms')
  }

  /** Some of the rows with a step that is dated later. */
  datedAfter(atMs: number): TerminalTransaction[] {
    return this.#selectDatedAfter.all(atMs).map(transactionFrom)
  }

  *all(): Generator<TerminalTransaction> {
    for (const row of this.#selectAll.iterate()) yield transactionFrom(row)
  }
}
