import type { Reason } from '../ledger/rejections.ts'
import type { Answer } from './answers.ts'
import type { UnitNotes } from './notes.ts'

/** New kinds and states are added at the end, as engines may store the place. */
export const transactionKinds = ['withdrawal', 'deposit', 'transfer', 'exchange', 'count'] as const

export type TransactionKind = (typeof transactionKinds)[number]

/**
 * - `declined`: nothing moved. `authorized`: waits for the machine's outcome.
 * - `dispensed`, `partly_dispensed`, `not_dispensed`, `accepted`, `returned`, `settled`: final.
 * - `in_doubt`: the machine cannot say what became of the notes, or says what cannot be.
 * - `closed`: reported as not dispensed, or resolved, without having been authorized.
 */
export const transactionStates = [
  'declined',
  'authorized',
  'dispensed',
  'partly_dispensed',
  'not_dispensed',
  'in_doubt',
  'closed',
  'accepted',
  'returned',
  'settled',
] as const

export type TransactionState = (typeof transactionStates)[number]

/** How long a machine has to dispense what was authorized, in seconds; later it is overdue. */
export const DISPENSE_WITHIN_SECONDS = 30

/** The largest sequence of a machine: what counts for a thousand years of one request a second and stays exact in JSON. */
export const MAX_SEQUENCE = 999_999_999_999

/**
 * One of the requests about a transaction, and how it was answered: the same request is answered the same for ever. All
 * of it is JSON. Stored as text, its members stay in their order, by which requests are compared.
 */
export interface TransactionStep {
  /** Milliseconds since 1970, UTC. */
  readonly atMs: number
  /** The body as it was understood: the evidence, and what tells a repetition from another request. */
  readonly request: Answer
  readonly result: StepResult
}

export type StepResult =
  | { readonly status: 'answered'; readonly answer: Answer }
  | { readonly status: 'declined'; readonly reason: Reason; readonly details?: Answer }

/** A row of a machine's journal, under its sequence for ever. */
export interface TerminalTransaction {
  readonly terminalId: string
  /** 1 to `MAX_SEQUENCE`. */
  readonly sequence: number
  readonly kind: TransactionKind
  readonly state: TransactionState
  /** Of the customer who asked for it. */
  readonly cardNumber: string | undefined
  /** The customer's account. */
  readonly accountId: number | undefined
  /** Cents; undefined where the request never came, and for exchanges and counts. */
  readonly amount: bigint | undefined
  /** Of a withdrawal the notes to be given, by unit; of a deposit those that were counted, by denomination (unit ''). */
  readonly plan: readonly UnitNotes[]
  /** The posting on the customer's account: of the withdrawal, deposit or transfer. Not its reversals. */
  readonly postingId: number | undefined
  /** Undefined where an outcome came first. */
  readonly request: TransactionStep | undefined
  /** The outcome that stands, or the latest doubt. */
  readonly outcome: TransactionStep | undefined
  readonly resolution: TransactionStep | undefined
  /** The first outcome that contradicts what stands. */
  readonly conflict: TransactionStep | undefined
}

/** Outside all units: the customer, the bank's vault, or where nobody knows. */
export const outsidePlaces = ['customer', 'vault', 'unknown'] as const

/** Where notes come from or go to. */
export type NotePlace = { readonly unit: string } | (typeof outsidePlaces)[number]

/** Notes that moved, in the books: appended, never changed. */
export interface NoteMove {
  readonly terminalId: string
  readonly sequence: number
  readonly from: NotePlace
  readonly to: NotePlace
  readonly denomination: bigint
  /** At least 1. */
  readonly notes: number
  /** The posting that moved the same value, alone or with others, if one did. */
  readonly postingId: number | undefined
}

/** A posting on an account of a machine, and the row of its journal that it belongs to. */
export interface TerminalPosting {
  readonly terminalId: string
  readonly sequence: number
  readonly postingId: number
}

/** Whether its request was authorized or carried out, whatever came of it later. */
export function wasAuthorized({ request }: TerminalTransaction): boolean {
  return request?.result.status === 'answered'
}

/** Whether it still waits for an outcome or a resolution. */
export function isOpen({ state }: TerminalTransaction): boolean {
  return state === 'authorized' || state === 'in_doubt'
}

/** Whether an operator may say what became of it: nobody else can any more, or the machine had its time. */
export function isResolvable({ state, request }: TerminalTransaction, nowMs: number): boolean {
  if (state !== 'authorized') return state === 'in_doubt'
  return request !== undefined && nowMs - request.atMs > DISPENSE_WITHIN_SECONDS * 1_000
}

/** Whether the step was made by this very request. */
export function isSameRequest(step: TransactionStep, request: Answer): boolean {
  return JSON.stringify(step.request) === JSON.stringify(request)
}
