import type { Reason } from '../ledger/rejections.ts'

/** The one error format: a sentence that a person can act on, and nothing else. */
export interface ErrorBody {
  readonly error: string
}

/** A request that ends here, with the status and the sentence it is answered. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, sentence: string, headers: Readonly<Record<string, string>> = {}) {
    super(sentence)
    this.status = status
    this.headers = headers
  }
}

/** What several places answer, and the documentation shows. */
export const problems = {
  notJson: new Problem(415, 'send the body as application/json'),
  badLimit: new Problem(422, 'limit must be a whole number from 1 to 1000'),
  badCursor: new Problem(422, 'cursor must be taken from the Link header of the page before'),
  unavailable: new Problem(
    503,
    'the service cannot take this on right now and nothing has changed; try again',
    { 'retry-after': '1' },
  ),
  unknownOutcome: new Problem(
    503,
    'the service has lost its store and cannot tell whether this was carried out; try again with the same Idempotency-Key to learn the outcome',
    { 'retry-after': '1' },
  ),
} as const satisfies Record<string, Problem>

/** How each reason of the ledger is told over HTTP; the only place that knows both. */
const answers: Readonly<Record<Reason, { readonly status: number; readonly sentence: string }>> = {
  idempotency_key_reused: {
    status: 422,
    sentence:
      'this Idempotency-Key was already used for a different request; use a new key for a new request',
  },
  account_exists: { status: 409, sentence: 'an account with this number exists already' },
  account_not_found: { status: 404, sentence: 'account not found' },
  insufficient_funds: { status: 400, sentence: 'insufficient funds' },
  balance_limit_exceeded: { status: 400, sentence: 'balance limit exceeded' },
}

/** The answer to a command that the ledger rejected. */
export function problemFor(reason: Reason): Problem {
  const { status, sentence } = answers[reason]
  return new Problem(status, sentence)
}

/** The sentences of all reasons that lead to a status, for the documentation. */
export function sentencesOf(status: number): readonly string[] {
  return Object.values(answers).flatMap((answer) => (answer.status === status ? [answer.sentence] : []))
}
