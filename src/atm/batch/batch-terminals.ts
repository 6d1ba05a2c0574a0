import type { BatchAccounts } from '../../ledger/batch/batch-accounts.ts'
import type { Terminal } from '../terminals.ts'

/** The cash machines of a batch, as its commands leave them. */
export class BatchTerminals {
  /** Those that were created or changed, by id. */
  readonly changed = new Map<string, Terminal>()
  readonly #accounts: BatchAccounts
  readonly #terminals = new Map<string, Terminal>()

  constructor(terminals: readonly Terminal[], accounts: BatchAccounts) {
    this.#accounts = accounts
    for (const terminal of terminals) this.#terminals.set(terminal.id, terminal)
  }

  find(id: string): Terminal | undefined {
    return this.#terminals.get(id)
  }

  /** Adds the terminal, or notes that it or its units have changed. It changes only together with its cash account. */
  save(terminal: Terminal): void {
    this.#terminals.set(terminal.id, terminal)
    this.changed.set(terminal.id, terminal)
    this.#accounts.changed.add(this.#accounts.get(terminal.cashAccountId))
  }
}
