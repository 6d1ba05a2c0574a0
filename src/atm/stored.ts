import type { Card } from './cards.ts'
import type { TerminalTransaction, TransactionKind, TransactionState } from './terminal-transactions.ts'
import type { Terminal } from './terminals.ts'

/** A card, read at one moment. */
export interface StoredCard {
  readonly card: Card
  /** The ledger's time at the reading: a session may have ended by then. */
  readonly asOfMs: number
}

/** A cash machine, read at one moment. */
export interface StoredTerminal {
  readonly terminal: Terminal
  /** The transaction that waits for its outcome. */
  readonly unsettled: TerminalTransaction | undefined
  /** The ledger's time at the reading. */
  readonly asOfMs: number
}

/** A row of a journal, read at one moment. */
export interface StoredTransaction {
  readonly transaction: TerminalTransaction
  /** The ledger's time at the reading: by then it may be overdue, see `isResolvable`. */
  readonly asOfMs: number
}

/** Sequences between these two, neither of them included; undefined for no bound. */
export interface SequenceRange {
  readonly after?: number | undefined
  readonly before?: number | undefined
}

/** What all transactions of one kind that are in one state come to. */
export interface TransactionTotal {
  readonly kind: TransactionKind
  readonly state: TransactionState
  readonly count: number
  /** What they were asked for, in cents; 0 for exchanges and counts. */
  readonly amount: bigint
}

/** When a transaction is dated, in milliseconds since 1970, UTC: its request, or what came in the place of one. */
export function dateOf({ request, outcome, resolution }: TerminalTransaction): number {
  return (request ?? outcome ?? resolution)?.atMs ?? 0
}

/** When the latest of its steps was made, in milliseconds since 1970, UTC. */
export function latestDateOf({ request, outcome, resolution, conflict }: TerminalTransaction): number {
  return Math.max(...[request, outcome, resolution, conflict].map((step) => step?.atMs ?? 0))
}
