import { formatCents } from '../money.ts'
import { type Answer, shownNotes, shownUnitNotes } from './answers.ts'
import { accepts, type CashUnit, type CashUnitKind, notesIn } from './cash-units.ts'
import type { NoteSupply } from './note-stock.ts'
import { valueOf } from './notes.ts'
import type { TerminalTransaction } from './terminal-transactions.ts'

/** In `exchange` notes are put in, taken out and counted, and nobody is served. */
export const terminalStatuses = ['in_service', 'exchange', 'out_of_service'] as const

export type TerminalStatus = (typeof terminalStatuses)[number]

/** A cash machine. */
export interface Terminal {
  readonly id: string
  readonly name: string
  status: TerminalStatus
  /** SHA-256 of its secret, one byte a character. */
  secretDigest: string
  /** The most notes it gives in one go. */
  readonly maxNotes: number
  /** The highest sequence that it has used; 0 before the first. */
  latestSequence: number
  /** The sequence of the transaction that waits for its outcome. A machine serves one person at a time. */
  unsettledSequence: number | undefined
  readonly isDemo: boolean
  /** The bank's own account that mirrors the notes in the machine: minus its balance is their value. */
  readonly cashAccountId: number
  /** The bank's own account for what counts and resolutions found missing or too much. */
  readonly overShortAccountId: number
  readonly units: readonly CashUnit[]
}

/** What all notes in the machine are worth, in cents. */
export function cashIn({ units }: Pick<Terminal, 'units'>): bigint {
  return units.reduce((sum, { contents }) => sum + valueOf(contents), 0n)
}

export function findUnit({ units }: Terminal, name: string): CashUnit | undefined {
  return units.find(({ unit }) => unit === name)
}

/** The first unit that may hold notes of the denomination, of the kind that comes first. */
export function unitFor(
  { units }: Terminal,
  kinds: readonly CashUnitKind[],
  denomination: bigint,
): CashUnit | undefined {
  const fitting = units.filter((unit) => accepts(unit, denomination))
  return kinds.map((kind) => fitting.find((unit) => unit.kind === kind)).find((unit) => unit !== undefined)
}

/** What the machine can pay out. */
export function supplyOf({ units, maxNotes }: Terminal, unavailable: readonly string[] = []): NoteSupply {
  return {
    units: units.flatMap((each) => {
      const { unit, kind, denomination } = each
      if (denomination === undefined || (kind !== 'cassette' && kind !== 'recycler')) return []
      return { unit, denomination, notes: notesIn(each, denomination) }
    }),
    unavailable: new Set(unavailable),
    maxNotes,
  }
}

/** The terminal as clients see it: all that a machine needs to know after a restart. */
export function terminalView(terminal: Terminal, unsettled: TerminalTransaction | undefined): Answer {
  const { id, name, status, latestSequence, maxNotes, units } = terminal
  return {
    id,
    name,
    status,
    cash: formatCents(cashIn(terminal)),
    next_sequence: latestSequence + 1,
    max_notes: maxNotes,
    units: units.map(unitView),
    unsettled: unsettled === undefined ? null : unsettledView(unsettled),
  }
}

function unitView({ unit, kind, denomination, capacity, contents }: CashUnit): Answer {
  return {
    unit,
    kind,
    ...(denomination !== undefined && { denomination: formatCents(denomination) }),
    capacity,
    contents: contents.map(shownNotes),
  }
}

function unsettledView({ sequence, kind, state, amount, plan }: TerminalTransaction): Answer {
  return {
    sequence,
    kind,
    state,
    amount: amount === undefined ? null : formatCents(amount),
    plan: plan.map(kind === 'deposit' ? shownNotes : shownUnitNotes),
  }
}
