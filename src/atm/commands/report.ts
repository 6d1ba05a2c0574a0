import { formatCents } from '../../money.ts'
import type { Answer } from '../answers.ts'
import type { AtmState } from '../batch/atm-state.ts'
import { type AtmOutcome, answered, declined, replayed } from '../outcomes.ts'
import {
  isOpen,
  isSameRequest,
  type TerminalTransaction,
  type TransactionState,
  type TransactionStep,
  wasAuthorized,
} from '../terminal-transactions.ts'
import type { Terminal } from '../terminals.ts'
import type { SequenceOf } from './definition.ts'
import { stepOf } from './machine-request.ts'

/** What a machine reports of a transaction: it is acknowledged whatever it says, so that the machine's queue goes on. */
export interface Report {
  readonly kind: 'withdrawal' | 'deposit'
  /** The body of the request, with the word for the outcome under `outcome`. */
  readonly request: Answer & { readonly outcome: string }
  /** The word by which nothing came of the transaction. */
  readonly nothing: string
  /** What follows for a transaction that was authorized; undefined where that cannot be as it is reported. */
  readonly settle: (terminal: Terminal, row: TerminalTransaction) => Settlement | undefined
}

/** How a transaction ends by a definite outcome. */
export interface Settlement {
  readonly state: TransactionState
  /** What the customer has got or given in the end, in cents. */
  readonly value: bigint
  /** Writes the postings and note moves of it. Answers the customer's posting where that is made only now. */
  readonly write: () => { readonly answer: Answer; readonly postingId?: number }
}

/** The words by which the machine says that it does not know. */
const doubts: readonly unknown[] = ['unknown', 'retracted']

/** Applies what the machine reports. A definite outcome replaces doubt, and never the other way; the first one stands. */
export function applyReport(
  state: AtmState,
  { terminal: id, sequence }: SequenceOf,
  report: Report,
): AtmOutcome {
  const terminal = state.terminals.find(id)
  if (terminal === undefined) return declined('terminal_not_found')
  const row = state.journal.find(id, sequence) ?? unseen(id, sequence, report)
  if (row.kind !== report.kind) return declined('sequence_reused')
  const earlier = [row.outcome, row.conflict].find((step) => step && isSameRequest(step, report.request))
  if (earlier !== undefined) return replayed(earlier.result, shownPostingId(row))
  const write = new ReportWriter(state, terminal, row, report)
  return wasAuthorized(row)
    ? reportAuthorized(state, terminal, row, report, write)
    : reportOther(row, report, write)
}

function reportAuthorized(
  state: AtmState,
  terminal: Terminal,
  row: TerminalTransaction,
  report: Report,
  write: ReportWriter,
): AtmOutcome {
  const isDefinite = !doubts.includes(report.request.outcome)
  const settlement = isDefinite ? report.settle(terminal, row) : undefined
  if (isOpen(row)) {
    if (settlement !== undefined) return write.settled(settlement)
    return row.state === 'authorized' || isDefinite ? write.doubt() : write.acknowledged()
  }
  const isSame = !isDefinite || settlement?.value === standingValue(state, row)
  return isSame ? write.acknowledged() : write.conflict()
}

/** Of a transaction that was declined, or of which no request has come: no posting is there to be settled. */
function reportOther(row: TerminalTransaction, report: Report, write: ReportWriter): AtmOutcome {
  const { outcome, resolution } = row
  const isDefinite = !doubts.includes(report.request.outcome)
  const isNothing = report.request.outcome === report.nothing
  const isFirst = outcome === undefined && resolution === undefined
  if (isFirst && isNothing) return write.nothing(row.request === undefined ? 'closed' : 'declined')
  if (isFirst) return write.doubt()
  if (row.state !== 'in_doubt') return isNothing || !isDefinite ? write.acknowledged() : write.conflict()
  if (outcome !== undefined && doubts.includes(outcome.request['outcome'])) {
    if (isNothing) return write.nothing('closed')
    return isDefinite ? write.doubt() : write.acknowledged()
  }
  return isDefinite ? write.conflict() : write.acknowledged()
}

/** What the customer has got or given by now, in cents. */
export function standingValue(state: AtmState, { kind, postingId }: TerminalTransaction): bigint {
  if (postingId === undefined) return 0n
  const { posting, reversedAmount } = state.postings.getReversible(postingId)
  return kind === 'withdrawal' ? posting.amount - reversedAmount : posting.amount
}

/** Writes what came of a report into the journal, and answers. */
class ReportWriter {
  readonly #state: AtmState
  readonly #terminal: Terminal
  readonly #row: TerminalTransaction
  readonly #report: Report

  constructor(state: AtmState, terminal: Terminal, row: TerminalTransaction, report: Report) {
    this.#state = state
    this.#terminal = terminal
    this.#row = row
    this.#report = report
  }

  settled({ state, write }: Settlement): AtmOutcome {
    const { answer, postingId = this.#row.postingId } = write()
    return this.#save({ state, postingId }, { state, ...answer })
  }

  doubt(): AtmOutcome {
    return this.#save({ state: 'in_doubt' }, { ...this.#figures('in_doubt'), ...this.#balance() })
  }

  nothing(state: 'closed' | 'declined'): AtmOutcome {
    return this.#save({ state }, this.#figures(state))
  }

  /** Nothing moves: what stands is answered, and what contradicts it is written down for the operator. */
  conflict(): AtmOutcome {
    const answer = this.#standing()
    this.#state.journal.save(this.#terminal, {
      ...this.#row,
      conflict: this.#row.conflict ?? this.#step(answer),
    })
    return answered(answer, shownPostingId(this.#row))
  }

  acknowledged(): AtmOutcome {
    return answered(this.#standing(), shownPostingId(this.#row))
  }

  #save(
    change: Pick<TerminalTransaction, 'state'> & Partial<TerminalTransaction>,
    answer: Answer,
  ): AtmOutcome {
    const row = { ...this.#row, ...change, outcome: this.#step(answer) }
    this.#state.journal.save(this.#terminal, row)
    return answered(answer, shownPostingId(row))
  }

  #step(answer: Answer): TransactionStep {
    return stepOf(this.#state, this.#report.request, { status: 'answered', answer })
  }

  /** Without a balance, as that of later on is no part of what stands. */
  #standing(): Answer {
    return this.#figures(this.#row.state)
  }

  #figures(state: TransactionState): Answer {
    if (this.#row.kind === 'deposit') return { state }
    const { postingId } = this.#row
    const reversed =
      postingId === undefined ? 0n : this.#state.postings.getReversible(postingId).reversedAmount
    return { state, returned: formatCents(reversed) }
  }

  #balance(): Answer {
    const { accountId } = this.#row
    return accountId === undefined
      ? {}
      : { balance: formatCents(this.#state.accounts.get(accountId).balance) }
  }
}

/** The answer to an outcome names the transaction where the outcome has made it: for deposits. */
function shownPostingId({ kind, postingId }: TerminalTransaction): number | undefined {
  return kind === 'deposit' ? postingId : undefined
}

/** A row as it is before anything is known of its sequence. */
function unseen(terminalId: string, sequence: number, { kind }: Report): TerminalTransaction {
  return {
    terminalId,
    sequence,
    kind,
    state: 'closed',
    cardNumber: undefined,
    accountId: undefined,
    amount: undefined,
    plan: [],
    postingId: undefined,
    request: undefined,
    outcome: undefined,
    resolution: undefined,
    conflict: undefined,
  }
}
