import type { LoadedAtm } from '../../../atm/batch/atm-state.ts'
import type { Card } from '../../../atm/cards.ts'
import type { SequenceOf } from '../../../atm/commands/definition.ts'
import type { TerminalTransaction } from '../../../atm/terminal-transactions.ts'
import type { Terminal } from '../../../atm/terminals.ts'
import type { RequiredState } from '../../../state-machine/commands.ts'
import type { AtmTables } from './atm-tables.ts'

/** Where what cards and cash machines refer to is loaded. */
export interface AtmReferences {
  readonly addAccount: (id: number) => void
  readonly addPosting: (id: number) => void
}

/** Loads what a batch's commands require of cards and cash machines, each once. */
export class AtmLoading {
  readonly #tables: AtmTables
  readonly #references: AtmReferences
  readonly #cards = new Map<string, Card>()
  readonly #terminals = new Map<string, Terminal>()
  readonly #transactions = new Map<string, TerminalTransaction>()

  constructor(tables: AtmTables, references: AtmReferences) {
    this.#tables = tables
    this.#references = references
  }

  get parts(): LoadedAtm {
    return {
      cards: [...this.#cards.values()],
      terminals: [...this.#terminals.values()],
      transactions: [...this.#transactions.values()],
    }
  }

  add({ cards = [], terminals = [], terminalTransactions = [] }: RequiredState): void {
    for (const number of cards) this.#addCard(number)
    for (const id of terminals) this.#addTerminal(id)
    for (const name of terminalTransactions) this.#addTransaction(name)
  }

  #addCard(number: string): void {
    const card = this.#cards.has(number) ? undefined : this.#tables.cards.find(number)
    if (card === undefined) return
    this.#cards.set(number, card)
    this.#references.addAccount(card.accountId)
  }

  #addTerminal(id: string): void {
    const terminal = this.#terminals.has(id) ? undefined : this.#tables.terminals.find(id)
    if (terminal === undefined) return
    this.#terminals.set(id, terminal)
    this.#references.addAccount(terminal.cashAccountId)
    this.#references.addAccount(terminal.overShortAccountId)
    const { unsettledSequence: sequence } = terminal
    if (sequence !== undefined) this.#addTransaction({ terminal: id, sequence })
  }

  #addTransaction(name: SequenceOf): void {
    const key = `${name.terminal}/${name.sequence}`
    const transaction = this.#transactions.has(key) ? undefined : this.#tables.journal.find(name)
    if (transaction === undefined) return
    this.#transactions.set(key, transaction)
    const { accountId, postingId } = transaction
    if (accountId !== undefined) this.#references.addAccount(accountId)
    if (postingId !== undefined) this.#references.addPosting(postingId)
  }
}
