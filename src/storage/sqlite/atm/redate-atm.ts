import type { DatabaseSync } from 'node:sqlite'
import { SESSION_MS } from '../../../atm/cards.ts'
import type { TerminalTransaction, TransactionStep } from '../../../atm/terminal-transactions.ts'
import type { Redated } from '../../redating.ts'
import { AtmTables } from './atm-tables.ts'

/**
 * Dates back to `nowMs` the steps of journals that are dated later, and ends the sessions of cards that would last
 * longer than a session can. Within a transaction of the caller's.
 */
export function redateMachines(database: DatabaseSync, nowMs: number): Redated {
  const { journal, cards } = new AtmTables(database)
  let transactions = 0
  for (const transaction of inPages(() => journal.datedAfter(nowMs))) {
    journal.save(datedBack(transaction, nowMs))
    transactions += 1
  }
  let sessions = 0
  for (const card of inPages(() => cards.inSessionAfter(nowMs + SESSION_MS))) {
    cards.save({ ...card, session: undefined })
    sessions += 1
  }
  return [
    { name: 'transactions at cash machines', count: transactions },
    { name: 'sessions of cards', count: sessions },
  ]
}

/** `read` answers the first rows of those that are left, until there are none. */
function* inPages<Item>(read: () => readonly Item[]): Generator<Item> {
  for (let page = read(); page.length > 0; page = read()) yield* page
}

function datedBack(transaction: TerminalTransaction, nowMs: number): TerminalTransaction {
  const back = (step: TransactionStep | undefined): TransactionStep | undefined =>
    step && { ...step, atMs: Math.min(step.atMs, nowMs) }
  const { request, outcome, resolution, conflict } = transaction
  return {
    ...transaction,
    request: back(request),
    outcome: back(outcome),
    resolution: back(resolution),
    conflict: back(conflict),
  }
}
