import type { Posting } from '../../ledger/postings.ts'
import { contentsWith } from '../cash-units.ts'
import type { NoteCount } from '../notes.ts'
import type { NoteMove, NotePlace, TerminalPosting, TerminalTransaction } from '../terminal-transactions.ts'
import type { Terminal } from '../terminals.ts'
import type { BatchTerminals } from './batch-terminals.ts'

/** The journals of the cash machines, as a batch leaves them. */
export class BatchJournal {
  /** The rows that were added or changed, each as it is now. */
  readonly changed = new Map<string, TerminalTransaction>()
  /** To be appended, in this order. */
  readonly noteMoves: NoteMove[] = []
  /** To be appended, in this order. */
  readonly postings: TerminalPosting[] = []
  readonly #terminals: BatchTerminals
  readonly #rows = new Map<string, TerminalTransaction>()

  constructor(rows: readonly TerminalTransaction[], terminals: BatchTerminals) {
    this.#terminals = terminals
    for (const row of rows) this.#rows.set(keyOf(row.terminalId, row.sequence), row)
  }

  find(terminalId: string, sequence: number): TerminalTransaction | undefined {
    return this.#rows.get(keyOf(terminalId, sequence))
  }

  /** The one transaction of the terminal that waits for its outcome, if there is one. */
  unsettled({ id, unsettledSequence }: Terminal): TerminalTransaction | undefined {
    return unsettledSequence === undefined ? undefined : this.find(id, unsettledSequence)
  }

  /** Adds the row, or puts it in the place of the one under its sequence, and keeps the terminal in step with it. */
  save(terminal: Terminal, row: TerminalTransaction): void {
    const { sequence, state } = row
    this.#rows.set(keyOf(terminal.id, sequence), row)
    this.changed.set(keyOf(terminal.id, sequence), row)
    terminal.latestSequence = Math.max(terminal.latestSequence, sequence)
    if (state === 'authorized') terminal.unsettledSequence = sequence
    else if (terminal.unsettledSequence === sequence) terminal.unsettledSequence = undefined
    this.#terminals.save(terminal)
  }

  addPosting({ id: terminalId }: Terminal, sequence: number, { id: postingId }: Posting): void {
    this.postings.push({ terminalId, sequence, postingId })
  }

  /** Moves notes, none where there are none to be moved. The caller has checked that a unit has as many to give. */
  moveNotes(terminal: Terminal, move: Omit<NoteMove, 'terminalId'>): void {
    if (move.notes === 0) return
    const { denomination, notes } = move
    change(terminal, move.from, { denomination, notes: -notes })
    change(terminal, move.to, { denomination, notes })
    this.noteMoves.push({ terminalId: terminal.id, ...move })
  }
}

function change({ id, units }: Terminal, place: NotePlace, { denomination, notes }: NoteCount): void {
  if (typeof place === 'string') return
  const unit = units.find((each) => each.unit === place.unit)
  if (unit === undefined) throw new RangeError(`terminal ${id} has no unit ${place.unit}`)
  unit.contents = contentsWith(unit, denomination, notes)
}

function keyOf(terminalId: string, sequence: number): string {
  return `${terminalId}/${sequence}`
}
