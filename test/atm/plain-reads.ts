import { isOpen, type TerminalTransaction } from '../../src/atm/terminal-transactions.ts'
import { dateOf, type StoredTerminal, type TransactionTotal } from '../../src/atm/stored.ts'
import type { Terminal } from '../../src/atm/terminals.ts'
import type { AtmReads } from '../../src/storage/store.ts'
import type { PlainMachines } from './plain-machines.ts'

/** The reads of the port, by looking at everything. */
export function plainReads(machines: PlainMachines, nowMs: () => number): AtmReads {
  const cards = () => [...machines.cards.values()]
  const rows = () =>
    [...machines.rows.values()].toSorted(
      (one, other) => compare(one.terminalId, other.terminalId) || one.sequence - other.sequence,
    )
  const rowOf = (id: string, sequence: number | undefined) =>
    rows().find((row) => row.terminalId === id && row.sequence === sequence)
  const stored = (transaction: TerminalTransaction) => ({ transaction, asOfMs: nowMs() })
  const withUnsettled = (terminal: Terminal): StoredTerminal => ({
    terminal,
    unsettled: rowOf(terminal.id, terminal.unsettledSequence),
    asOfMs: nowMs(),
  })
  return {
    card: async (number) => {
      const card = machines.cards.get(number)
      return card && { card, asOfMs: nowMs() }
    },
    cardOfSession: async (digest) => {
      const card = cards().find(({ session }) => session?.digest === digest)
      return card && { card, asOfMs: nowMs() }
    },
    terminal: async (id) => {
      const terminal = machines.terminals.get(id)
      return terminal && withUnsettled(terminal)
    },
    terminalsAfter: async (afterId, limit) =>
      [...machines.terminals.values()]
        .filter(({ id }) => compare(id, afterId) > 0)
        .toSorted((one, other) => compare(one.id, other.id))
        .slice(0, limit)
        .map(withUnsettled),
    terminalTransaction: async ({ terminal, sequence }) => {
      const row = rowOf(terminal, sequence)
      return row && stored(row)
    },
    journal: async (id, { after = 0, before = Infinity }, limit) =>
      rows()
        .filter(({ terminalId, sequence }) => terminalId === id && sequence > after && sequence < before)
        .toReversed()
        .slice(0, limit)
        .map(stored),
    openTransactionsAfter: async (after, limit) =>
      rows()
        .filter(isOpen)
        .filter(
          ({ terminalId, sequence }) =>
            after === undefined ||
            compare(terminalId, after.terminal) > 0 ||
            (terminalId === after.terminal && sequence > after.sequence),
        )
        .slice(0, limit)
        .map(stored),
    totals: async (id, fromMs, toMs) => {
      const totals = new Map<string, TransactionTotal>()
      for (const row of rows()) {
        if (row.terminalId !== id || dateOf(row) < fromMs || dateOf(row) >= toMs) continue
        const { kind, state, amount = 0n } = row
        const key = `${kind} ${state}`
        const before = totals.get(key) ?? { kind, state, count: 0, amount: 0n }
        totals.set(key, { ...before, count: before.count + 1, amount: before.amount + amount })
      }
      return [...totals.values()]
    },
  }
}

/** As bytes are compared. */
function compare(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
