import type { AtmReads } from '../../store.ts'

/** This engine stores no cash machines yet: there are none to read. */
export const NO_MACHINES: AtmReads = {
  card: async () => undefined,
  cardOfSession: async () => undefined,
  terminal: async () => undefined,
  terminalsAfter: async () => [],
  terminalTransaction: async () => undefined,
  journal: async () => [],
  openTransactionsAfter: async () => [],
  totals: async () => [],
}
