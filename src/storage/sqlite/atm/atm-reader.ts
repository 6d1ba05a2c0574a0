import type { SequenceOf } from '../../../atm/commands/definition.ts'
import type {
  SequenceRange,
  StoredCard,
  StoredTerminal,
  StoredTransaction,
  TransactionTotal,
} from '../../../atm/stored.ts'
import type { TerminalTransaction } from '../../../atm/terminal-transactions.ts'
import type { Card } from '../../../atm/cards.ts'
import type { Terminal } from '../../../atm/terminals.ts'
import type { AtmReads } from '../../store.ts'
import type { AtmTables } from './atm-tables.ts'

/** What the store does around each read of its tables: it answers only what is durable. */
export type InOneState = <Result>(read: () => Result) => Promise<Result>

/** Reads cards and cash machines as of the latest commit. */
export class AtmReader implements AtmReads {
  readonly #tables: AtmTables
  readonly #nowMs: () => number
  readonly #inOneState: InOneState

  /** `nowMs` is the ledger's time. */
  constructor(tables: AtmTables, nowMs: () => number, inOneState: InOneState) {
    this.#tables = tables
    this.#nowMs = nowMs
    this.#inOneState = inOneState
  }

  card(number: string): Promise<StoredCard | undefined> {
    return this.#inOneState(() => this.#storedCard(this.#tables.cards.find(number)))
  }

  cardOfSession(digest: string): Promise<StoredCard | undefined> {
    return this.#inOneState(() => this.#storedCard(this.#tables.cards.findBySession(digest)))
  }

  terminal(id: string): Promise<StoredTerminal | undefined> {
    return this.#inOneState(() => {
      const terminal = this.#tables.terminals.find(id)
      return terminal && this.#storedTerminal(terminal)
    })
  }

  terminalsAfter(afterId: string, limit: number): Promise<readonly StoredTerminal[]> {
    return this.#inOneState(() =>
      this.#tables.terminals.after(afterId, limit).map((terminal) => this.#storedTerminal(terminal)),
    )
  }

  terminalTransaction(name: SequenceOf): Promise<StoredTransaction | undefined> {
    return this.#inOneState(() => {
      const transaction = this.#tables.journal.find(name)
      return transaction && this.#storedTransaction(transaction)
    })
  }

  journal(terminalId: string, range: SequenceRange, limit: number): Promise<readonly StoredTransaction[]> {
    return this.#inOneState(() =>
      this.#tables.journal.page(terminalId, range, limit).map((each) => this.#storedTransaction(each)),
    )
  }

  openTransactionsAfter(after: SequenceOf | undefined, limit: number): Promise<readonly StoredTransaction[]> {
    const from = after ?? { terminal: '', sequence: 0 }
    return this.#inOneState(() =>
      this.#tables.journal.openAfter(from, limit).map((each) => this.#storedTransaction(each)),
    )
  }

  totals(terminalId: string, fromMs: number, toMs: number): Promise<readonly TransactionTotal[]> {
    return this.#inOneState(() => this.#tables.journal.totals(terminalId, fromMs, toMs))
  }

  #storedCard(card: Card | undefined): StoredCard | undefined {
    return card && { card, asOfMs: this.#nowMs() }
  }

  #storedTerminal(terminal: Terminal): StoredTerminal {
    const { id, unsettledSequence: sequence } = terminal
    const unsettled =
      sequence === undefined ? undefined : this.#tables.journal.find({ terminal: id, sequence })
    return { terminal, unsettled, asOfMs: this.#nowMs() }
  }

  #storedTransaction(transaction: TerminalTransaction): StoredTransaction {
    return { transaction, asOfMs: this.#nowMs() }
  }
}
