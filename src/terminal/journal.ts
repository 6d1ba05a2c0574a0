import type { Mix } from '../atm/note-plan.ts'
import type { CountedNotes, PlacedNotes, UnitNotes } from './hardware.ts'

export interface WithdrawalBody {
  readonly amount: string
  readonly mix: Mix
  readonly unavailable_units?: readonly string[]
}

export interface DepositBody {
  readonly counted: readonly CountedNotes[]
}

export interface TransferBody {
  readonly to: string
  readonly amount: string
}

/** A request that makes a transaction, as it is sent and sent again. */
export type Order =
  | { readonly kind: 'withdrawal'; readonly body: WithdrawalBody }
  | { readonly kind: 'deposit'; readonly body: DepositBody }
  | { readonly kind: 'transfer'; readonly body: TransferBody }

export interface WithdrawalOutcome {
  readonly outcome: 'dispensed' | 'partly_dispensed' | 'not_dispensed' | 'unknown' | 'retracted'
  readonly presented?: readonly UnitNotes[]
  readonly rejected?: readonly UnitNotes[]
  readonly failure?: string
}

export interface DepositOutcome {
  readonly outcome: 'accepted' | 'returned' | 'unknown'
  readonly stored?: readonly PlacedNotes[]
  readonly failure?: string
}

/** What became of a transaction, to be sent until it is acknowledged. */
export type Outcome =
  | { readonly kind: 'withdrawal'; readonly sequence: number; readonly body: WithdrawalOutcome }
  | { readonly kind: 'deposit'; readonly sequence: number; readonly body: DepositOutcome }

/**
 * A line of the journal. It is on stable storage before the machine does what the line speaks of. The secret, sessions
 * and PINs are in none.
 */
export type JournalEntry =
  | { readonly entry: 'will_authorize'; readonly sequence: number; readonly order: Order }
  | { readonly entry: 'authorized'; readonly sequence: number; readonly plan: readonly PlacedNotes[] }
  /** From here on only the dispenser knows. */
  | { readonly entry: 'will_dispense'; readonly sequence: number }
  /** From here on only the acceptor knows. */
  | { readonly entry: 'will_store'; readonly sequence: number }
  | { readonly entry: 'outcome'; readonly sequence: number; readonly outcome: Outcome }
  | { readonly entry: 'acknowledged'; readonly sequence: number }
  | { readonly entry: 'declined'; readonly sequence: number; readonly code: string }
  /** A transfer was sent and never answered. It moves no notes, so there is no outcome to send. */
  | { readonly entry: 'unanswered'; readonly sequence: number }

/** How far a transaction went that is not closed in the journal. */
export interface OpenTransaction {
  readonly sequence: number
  /** Undefined for an outcome of a transaction that this journal knows nothing else of. */
  readonly order: Order | undefined
  readonly plan: readonly PlacedNotes[]
  readonly stage: 'will_authorize' | 'authorized' | 'will_dispense' | 'will_store' | 'outcome'
  readonly outcome: Outcome | undefined
}

/** The transactions that the journal does not close, in order of their sequence. */
export function openTransactions(journal: readonly JournalEntry[]): readonly OpenTransaction[] {
  const open = new Map<number, OpenTransaction>()
  for (const entry of journal) {
    const { sequence } = entry
    const before = open.get(sequence) ?? {
      sequence,
      order: undefined,
      plan: [],
      stage: 'will_authorize',
      outcome: undefined,
    }
    switch (entry.entry) {
      case 'will_authorize':
        open.set(sequence, { ...before, order: entry.order })
        break
      case 'authorized':
        open.set(sequence, { ...before, stage: 'authorized', plan: entry.plan })
        break
      case 'will_dispense':
      case 'will_store':
        open.set(sequence, { ...before, stage: entry.entry })
        break
      case 'outcome':
        open.set(sequence, { ...before, stage: 'outcome', outcome: entry.outcome })
        break
      case 'acknowledged':
      case 'declined':
      case 'unanswered':
        open.delete(sequence)
        break
    }
  }
  return [...open.values()].toSorted((one, other) => one.sequence - other.sequence)
}

/** The highest sequence in the journal, 0 when it is empty. */
export function lastSequence(journal: readonly JournalEntry[]): number {
  return journal.reduce((last, { sequence }) => Math.max(last, sequence), 0)
}

/**
 * What of the journal is still needed: the open transactions, and the latest one, so that its sequence is never used
 * again. Storage may be cut down to this at any time.
 */
export function neededEntries(journal: readonly JournalEntry[]): readonly JournalEntry[] {
  const needed = new Set(openTransactions(journal).map(({ sequence }) => sequence))
  needed.add(lastSequence(journal))
  return journal.filter(({ sequence }) => needed.has(sequence))
}
