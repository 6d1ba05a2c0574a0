import type { Differences } from '../../ledger/audit/differences.ts'
import type { NoteMove, NotePlace } from '../terminal-transactions.ts'
import type { Terminal } from '../terminals.ts'

/** Recounts the notes in all units from the moves: all of those must be followed first, then the terminals compared. */
export class NoteCounts {
  readonly #differences: Differences
  /** By terminal, then by unit and denomination. */
  readonly #counts = new Map<string, Map<string, number>>()

  constructor(differences: Differences) {
    this.#differences = differences
  }

  follow({ terminalId, sequence, from, to, denomination, notes }: NoteMove): void {
    if (notes < 1)
      this.#differences.add(`terminal ${terminalId} moves ${notes} notes under sequence ${sequence}`)
    this.#add(terminalId, from, denomination, -notes)
    this.#add(terminalId, to, denomination, notes)
  }

  compare({ id, units }: Terminal): void {
    const counts = this.#counts.get(id) ?? new Map<string, number>()
    this.#counts.delete(id)
    for (const { unit, contents } of units) {
      for (const { denomination, notes } of contents) {
        const key = keyOf(unit, denomination)
        const counted = counts.get(key) ?? 0
        counts.delete(key)
        if (counted !== notes) this.#differ(id, key, notes, counted)
      }
    }
    for (const [key, counted] of counts) if (counted !== 0) this.#differ(id, key, 0, counted)
  }

  /** To be called when every terminal has been compared. */
  finish(): void {
    for (const id of this.#counts.keys())
      this.#differences.add(`notes moved in terminal ${id}, which does not exist`)
  }

  #add(terminalId: string, place: NotePlace, denomination: bigint, change: number): void {
    if (typeof place === 'string') return
    const counts = this.#counts.get(terminalId) ?? new Map<string, number>()
    this.#counts.set(terminalId, counts)
    const key = keyOf(place.unit, denomination)
    const notes = (counts.get(key) ?? 0) + change
    counts.set(key, notes)
    if (notes < 0) this.#differences.add(`terminal ${terminalId} gave more notes of ${key} than it had`)
  }

  #differ(id: string, key: string, notes: number, counted: number): void {
    this.#differences.add(
      `terminal ${id} holds ${notes} notes of ${key}, where its note moves add up to ${counted}`,
    )
  }
}

function keyOf(unit: string, denomination: bigint): string {
  return `${denomination} cents in unit ${unit}`
}
