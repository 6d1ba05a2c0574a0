import type { Account } from '../../ledger/accounts.ts'
import type { Posting } from '../../ledger/postings.ts'
import { rejections } from '../../ledger/rejections.ts'
import type { Answer } from '../answers.ts'
import type { AtmState } from '../batch/atm-state.ts'
import { type Card, hasSession } from '../cards.ts'
import type { UnitNotes } from '../notes.ts'
import { type AtmOutcome, answered, type Declined, declined, replayed } from '../outcomes.ts'
import {
  isSameRequest,
  type StepResult,
  type TerminalTransaction,
  type TransactionKind,
  type TransactionState,
  type TransactionStep,
} from '../terminal-transactions.ts'
import type { Terminal } from '../terminals.ts'
import type { SequenceOf } from './definition.ts'

/** The session of a card, as a machine names it. */
export interface SessionKey {
  /** SHA-256 of the session's token, one byte a character. */
  readonly digest: string
  /** The number of the card that has this session; undefined where none has. */
  readonly card: string | undefined
}

/** A request that the holder of a card makes at a machine. */
export interface CustomerRequest extends SequenceOf {
  readonly session: SessionKey
}

/** What is requested, as the journal shows it. */
export interface Requested {
  readonly kind: TransactionKind
  /** The body of the request: a repetition has the same. */
  readonly request: Answer
  /** Cents. */
  readonly amount?: bigint
}

/** What was carried out: all checks are passed, and everything but the journal's row is written. */
export interface Done {
  readonly state: TransactionState
  readonly answer: Answer
  readonly plan?: readonly UnitNotes[]
  /** On the customer's account. */
  readonly posting?: Posting
}

/** Applies what a card's holder requests, once for its sequence: the same request again is answered the same. */
export function customerRequest(
  state: AtmState,
  command: CustomerRequest,
  requested: Requested,
  act: (terminal: Terminal, account: Account) => Done | Declined,
): AtmOutcome {
  return once(state, command, requested, (terminal) => {
    const card = cardOf(state, command, terminal)
    if (card === undefined) return declined('session_ended')
    const isServing = terminal.status === 'in_service'
    const blocked = isServing ? unsettledIn(terminal) : declined('terminal_out_of_service')
    return { card, done: blocked ?? act(terminal, state.accounts.get(card.accountId)) }
  })
}

/** Applies what an operator requests at a machine in exchange, once for its sequence. */
export function operatorRequest(
  state: AtmState,
  command: SequenceOf,
  requested: Requested,
  act: (terminal: Terminal) => Done | Declined,
): AtmOutcome {
  return once(state, command, requested, (terminal) => {
    const isExchange = terminal.status === 'exchange'
    const blocked = isExchange ? unsettledIn(terminal) : declined('terminal_not_in_exchange')
    return { card: undefined, done: blocked ?? act(terminal) }
  })
}

function cardOf(
  state: AtmState,
  { session: { digest, card: number } }: CustomerRequest,
  { id }: Terminal,
): Card | undefined {
  const card = number === undefined ? undefined : state.cards.find(number)
  return card !== undefined && hasSession(card, digest, id, state.nowMs) ? card : undefined
}

function unsettledIn({ unsettledSequence }: Terminal): Declined | undefined {
  return unsettledSequence === undefined ? undefined : declined('terminal_has_unsettled')
}

/** The skeleton of all requests under a sequence. A refusal writes nothing; a decline is written like what was done. */
function once(
  state: AtmState,
  { terminal: id, sequence }: SequenceOf,
  requested: Requested,
  act: (terminal: Terminal) => Declined | { readonly card: Card | undefined; readonly done: Done | Declined },
): AtmOutcome {
  const terminal = state.terminals.find(id)
  if (terminal === undefined) return declined('terminal_not_found')
  const known = state.journal.find(id, sequence)
  if (known !== undefined) return again(state, terminal, known, requested)
  if (sequence <= terminal.latestSequence) return declined('sequence_passed')
  const acted = act(terminal)
  if ('status' in acted) return acted
  const { card, done } = acted
  if ('status' in done && rejections[done.reason] === 'refusal') return done
  const result = resultOf(done)
  state.journal.save(terminal, {
    terminalId: id,
    sequence,
    kind: requested.kind,
    state: 'status' in done ? 'declined' : done.state,
    cardNumber: card?.number,
    accountId: card?.accountId,
    amount: requested.amount,
    plan: 'status' in done ? [] : (done.plan ?? []),
    postingId: 'status' in done ? undefined : done.posting?.id,
    request: stepOf(state, requested.request, result),
    outcome: undefined,
    resolution: undefined,
    conflict: undefined,
  })
  return 'status' in done ? done : answered(done.answer, done.posting?.id)
}

function again(
  state: AtmState,
  terminal: Terminal,
  known: TerminalTransaction,
  { kind, request }: Requested,
): AtmOutcome {
  if (known.kind !== kind) return declined('sequence_reused')
  if (known.request === undefined) {
    // Its outcome overtook it, so nothing may come of it any more.
    const closed = declined('transaction_closed')
    state.journal.save(terminal, { ...known, request: stepOf(state, request, resultOf(closed)) })
    return closed
  }
  if (!isSameRequest(known.request, request)) return declined('sequence_reused')
  return replayed(known.request.result, shownPostingId(known))
}

/** The transaction that the answer to the request names; a deposit is posted only by its outcome. */
function shownPostingId({ kind, postingId }: TerminalTransaction): number | undefined {
  return kind === 'deposit' ? undefined : postingId
}

function resultOf(done: Pick<Done, 'answer'> | Declined): StepResult {
  if ('answer' in done) return { status: 'answered', answer: done.answer }
  const { reason, details } = done
  return { status: 'declined', reason, ...(details !== undefined && { details }) }
}

/** What the journal holds of a request and how it was answered. */
export function stepOf(state: AtmState, request: Answer, result: StepResult): TransactionStep {
  return { atMs: state.nowMs, request, result }
}
