import { type Reason, rejections } from '../ledger/rejections.ts'

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
  return Object.keys(rejections).flatMap((reason) => {
    const answer = Object.entries(answers).find(([known]) => known === reason)?.[1]
    return answer?.status === status ? [answer.sentence] : []
  })
}
