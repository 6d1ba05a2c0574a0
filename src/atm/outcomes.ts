import type { Rejected } from '../ledger/outcomes.ts'
import type { Reason } from '../ledger/rejections.ts'
import type { Answer } from './answers.ts'
import type { StepResult } from './terminal-transactions.ts'

/** What came of a command of the ATM. */
export type AtmOutcome = Answered | PinTryCounted | Declined

/** The command was carried out, or acknowledged. */
export interface Answered {
  readonly status: 'answered'
  readonly answer: Answer
  /** To be shown as `transaction_id`; no part of the stored answer, as an engine may give the id after the decision. */
  readonly postingId: number | undefined
  readonly replayed: boolean
}

/** A PIN try has been taken; the PIN may be compared now. For the service alone: no client is shown the hash. */
export interface PinTryCounted {
  readonly status: 'pin_try_counted'
  readonly pinHash: string
  /** How many are left if this one is wrong. */
  readonly triesLeft: number
  readonly replayed: false
}

/** A rejection, with what a client should know besides the reason, such as the nearest amounts. */
export interface Declined extends Rejected {
  readonly details?: Answer
}

export function answered(answer: Answer, postingId?: number): Answered {
  return { status: 'answered', answer, postingId, replayed: false }
}

export function declined(reason: Reason, details?: Answer): Declined {
  return { status: 'rejected', reason, ...(details !== undefined && { details }), replayed: false }
}

/** The outcome of a request that a row of the journal has answered already. */
export function replayed(result: StepResult, postingId: number | undefined): AtmOutcome {
  if (result.status === 'answered') return { ...answered(result.answer, postingId), replayed: true }
  return { ...declined(result.reason, result.details), replayed: true }
}
