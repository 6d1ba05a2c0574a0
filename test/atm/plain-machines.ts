import type { LoadedAtm } from '../../src/atm/batch/atm-state.ts'
import type { AtmAuditSource } from '../../src/atm/audit/source.ts'
import type { Card } from '../../src/atm/cards.ts'
import type { NoteMove, TerminalPosting, TerminalTransaction } from '../../src/atm/terminal-transactions.ts'
import type { Terminal } from '../../src/atm/terminals.ts'
import type { Account } from '../../src/ledger/accounts.ts'
import { isCashDrawer } from '../../src/ledger/cash-drawers.ts'
import type { Posting, ReversiblePosting } from '../../src/ledger/postings.ts'
import type { BatchState } from '../../src/state-machine/batch-state.ts'
import type { RequiredState } from '../../src/state-machine/commands.ts'

/** What the rest of the store is asked for by an audit. */
export interface Books {
  readonly accounts: readonly Account[]
  readonly postings: readonly Posting[]
  readonly reversible: (id: number) => ReversiblePosting | undefined
}

/** Cards, cash machines and their journals in plain memory: what is not saved by the state of a batch is lost. */
export class PlainMachines {
  readonly cards = new Map<string, Card>()
  readonly terminals = new Map<string, Terminal>()
  readonly rows = new Map<string, TerminalTransaction>()
  readonly noteMoves: NoteMove[] = []
  readonly postings: TerminalPosting[] = []

  load(required: readonly RequiredState[]): LoadedAtm {
    const terminals = found(
      this.terminals,
      required.flatMap((each) => each.terminals ?? []),
    )
    const rows = required.flatMap((each) => each.terminalTransactions ?? []).map(keyOf)
    const unsettled = terminals.flatMap(({ id, unsettledSequence: sequence }) =>
      sequence === undefined ? [] : keyOf({ terminal: id, sequence }),
    )
    return {
      terminals,
      cards: found(
        this.cards,
        required.flatMap((each) => each.cards ?? []),
      ),
      transactions: found(this.rows, [...rows, ...unsettled]),
    }
  }

  keep({ cards, terminals, journal }: BatchState): void {
    for (const card of cards.changed.values()) this.cards.set(card.number, structuredClone(card))
    for (const terminal of terminals.changed.values())
      this.terminals.set(terminal.id, structuredClone(terminal))
    for (const row of journal.changed.values())
      this.rows.set(keyOf({ terminal: row.terminalId, sequence: row.sequence }), stored(row))
    this.noteMoves.push(...journal.noteMoves)
    this.postings.push(...journal.postings)
  }

  auditSource({ accounts, postings, reversible }: Books): AtmAuditSource {
    const balanceOf = (id: number): bigint => accounts.find((account) => account.id === id)?.balance ?? 0n
    const isInternal = (id: number): boolean =>
      !isCashDrawer(id) && accounts.find((account) => account.id === id)?.number === undefined
    return {
      terminals: () => [
        [...this.terminals.values()].map((terminal) => ({
          terminal,
          cashBalance: balanceOf(terminal.cashAccountId),
          overShortBalance: balanceOf(terminal.overShortAccountId),
        })),
      ],
      noteMoves: () => [this.noteMoves],
      transactions: () => [
        [...this.rows.values()].map((transaction) => {
          const named = transaction.postingId === undefined ? undefined : reversible(transaction.postingId)
          return {
            transaction,
            moves: this.noteMoves.filter(ofRow(transaction)),
            postings: this.postings
              .filter(ofRow(transaction))
              .flatMap(({ postingId }) => postings.find(({ id }) => id === postingId) ?? []),
            posting: named?.posting,
            reversedAmount: named?.reversedAmount ?? 0n,
          }
        }),
      ],
      postings: () => [
        postings
          .filter(
            ({ debitAccountId, creditAccountId }) =>
              isInternal(debitAccountId) || isInternal(creditAccountId),
          )
          .map((posting) => ({
            posting,
            terminalId: this.postings.find(({ postingId }) => postingId === posting.id)?.terminalId,
          })),
      ],
    }
  }
}

/** As an engine stores it: requests and answers as JSON text. */
function stored(row: TerminalTransaction): TerminalTransaction {
  const { request, outcome, resolution, conflict } = row
  const steps: Pick<TerminalTransaction, 'request' | 'outcome' | 'resolution' | 'conflict'> = JSON.parse(
    JSON.stringify({ request, outcome, resolution, conflict }),
  )
  return structuredClone({
    ...row,
    request: steps.request,
    outcome: steps.outcome,
    resolution: steps.resolution,
    conflict: steps.conflict,
  })
}

function keyOf({ terminal, sequence }: { readonly terminal: string; readonly sequence: number }): string {
  return `${terminal}/${sequence}`
}

function found<Item>(items: ReadonlyMap<string, Item>, keys: readonly string[]): Item[] {
  return [...new Set(keys)].flatMap((key) => items.get(key) ?? []).map((item) => structuredClone(item))
}

function ofRow({ terminalId, sequence }: TerminalTransaction) {
  return (each: NoteMove | TerminalPosting) => each.terminalId === terminalId && each.sequence === sequence
}
