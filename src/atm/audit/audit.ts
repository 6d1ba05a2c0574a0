import type { Differences } from '../../ledger/audit/differences.ts'
import type { Chunks } from '../../ledger/audit/source.ts'
import { futureEnd } from '../../ledger/clock.ts'
import { latestDateOf } from '../stored.ts'
import { cashIn, type Terminal } from '../terminals.ts'
import { NoteCounts } from './note-counts.ts'
import type { AtmAuditSource, AuditedTerminal, AuditedTerminalPosting, AuditedTransaction } from './source.ts'
import { overShortOf, wrongWith } from './transactions.ts'

export interface AtmAuditReport {
  readonly terminals: number
  readonly transactions: number
  readonly noteMoves: number
  /** The transactions of which nobody knows yet what became of the notes. */
  readonly inDoubt: number
  /** What those are about, in cents, as far as their requests came. */
  readonly inDoubtAmount: bigint
  /** The transactions of which a machine has said two things. */
  readonly conflicts: number
}

/**
 * Recounts the machines from their note moves and journals alone and compares: every count with its moves, the notes in
 * a machine with its cash account, each transaction's notes with its money, what a customer was given with what it
 * cost, the over-and-short accounts with the counts and resolutions, and the dates of the journals with `nowMs`.
 */
export async function auditAtm(
  source: AtmAuditSource,
  differences: Differences,
  nowMs: number,
): Promise<AtmAuditReport> {
  const machines = new Map<string, AuditedMachine>()
  const counts = new NoteCounts(differences)
  for await (const chunk of source.terminals())
    for (const audited of chunk) machines.set(audited.terminal.id, new AuditedMachine(audited))
  const noteMoves = await each(source.noteMoves(), (move) => counts.follow(move))
  const totals = new Totals()
  const transactions = await each(source.transactions(), (audited) => {
    const { terminalId, sequence } = audited.transaction
    const name = `transaction ${sequence} of terminal ${terminalId}`
    const machine = machines.get(terminalId)
    if (machine === undefined) differences.add(`${name} is of no terminal that exists`)
    else for (const wrong of machine.follow(audited)) differences.add(`${name} ${wrong}`)
    totals.add(audited)
  })
  await each(source.postings(), (audited) => {
    const machine = audited.terminalId === undefined ? undefined : machines.get(audited.terminalId)
    if (machine?.owns(audited) !== true)
      differences.add(`posting ${audited.posting.id} belongs to no transaction of its machine`)
  })
  if (totals.moves !== noteMoves)
    differences.add(`${noteMoves} note moves were made, where transactions have ${totals.moves}`)
  for (const machine of machines.values()) {
    counts.compare(machine.terminal)
    for (const wrong of machine.finish()) differences.add(`terminal ${machine.terminal.id} ${wrong}`)
  }
  counts.finish()
  const end = futureEnd(totals.latestMs, nowMs)
  if (end !== undefined) differences.add(`at cash machines ${end}; npm run redate dates them back`)
  const { inDoubt, inDoubtAmount, conflicts } = totals
  return { terminals: machines.size, transactions, noteMoves, inDoubt, inDoubtAmount, conflicts }
}

/** A terminal, and what its journal comes to. */
class AuditedMachine {
  readonly terminal: Terminal
  readonly #audited: AuditedTerminal
  #overShort = 0n
  #latestSequence = 0
  readonly #authorized: number[] = []

  constructor(audited: AuditedTerminal) {
    this.terminal = audited.terminal
    this.#audited = audited
  }

  follow(audited: AuditedTransaction): readonly string[] {
    const { transaction } = audited
    const { sequence, state } = transaction
    this.#overShort += overShortOf(transaction)
    this.#latestSequence = Math.max(this.#latestSequence, sequence)
    if (state === 'authorized') this.#authorized.push(sequence)
    return wrongWith(audited, this.terminal)
  }

  owns({ posting: { debitAccountId, creditAccountId } }: AuditedTerminalPosting): boolean {
    const { cashAccountId, overShortAccountId } = this.terminal
    return [debitAccountId, creditAccountId].some((id) => id === cashAccountId || id === overShortAccountId)
  }

  finish(): readonly string[] {
    const { cashBalance, overShortBalance } = this.#audited
    const { latestSequence, unsettledSequence } = this.terminal
    const notes = cashIn(this.terminal)
    const waiting = this.#authorized.join(', ') || 'none'
    return [
      ...(notes === -cashBalance
        ? []
        : [`holds notes of ${notes} cents, where its cash account says ${-cashBalance}`]),
      ...(this.#overShort === overShortBalance
        ? []
        : [`is over by ${overShortBalance} cents, where counts and resolutions say ${this.#overShort}`]),
      ...(waiting === String(unsettledSequence ?? 'none')
        ? []
        : [`waits for the outcome of ${unsettledSequence ?? 'none'}, where ${waiting} are authorized`]),
      ...(this.#latestSequence === latestSequence
        ? []
        : [`has used sequence ${latestSequence}, where its journal ends at ${this.#latestSequence}`]),
    ]
  }
}

/** What all transactions come to. */
class Totals {
  moves = 0
  inDoubt = 0
  inDoubtAmount = 0n
  conflicts = 0
  latestMs = 0

  add({ transaction, moves }: AuditedTransaction): void {
    const { state, amount, conflict } = transaction
    this.latestMs = Math.max(this.latestMs, latestDateOf(transaction))
    this.moves += moves.length
    if (conflict !== undefined) this.conflicts += 1
    if (state !== 'in_doubt') return
    this.inDoubt += 1
    this.inDoubtAmount += amount ?? 0n
  }
}

/** Gives each item to `check`, and answers how many there were. */
async function each<Item>(chunks: Chunks<Item>, check: (item: Item) => void): Promise<number> {
  let count = 0
  for await (const chunk of chunks) {
    for (const item of chunk) check(item)
    count += chunk.length
  }
  return count
}
