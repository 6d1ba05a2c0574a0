import type { Reason } from '../../ledger/rejections.ts'
import { replayedHeader } from './idempotency.ts'
import { type Problem, problemFor, problems } from '../errors/problem.ts'
import { commonErrors, errorResponse, unavailable } from './schemas.ts'

/** Any command may be refused for its key alone. */
const reasonsOfKeys = ['idempotency_key_closed', 'idempotency_key_reused'] as const

const meanings: Readonly<Record<number, string>> = {
  400: 'The ledger declined',
  404: 'There is no such thing',
  409: 'There is one already',
  422: 'The request is not valid, or the ledger refused',
}

/**
 * The documented errors of a command, given the reasons for which the ledger may reject it. The first reason of each
 * status is its example.
 */
export function commandErrors(...reasons: readonly Reason[]): Readonly<Record<number, object>> {
  const rejections = [...reasons, ...reasonsOfKeys].map(problemFor)
  const statuses = [...new Set(rejections.map(({ status }) => status))]
  const documented = statuses.map((status) => {
    const [first = problems.internal, ...others] = rejections.filter((each) => each.status === status)
    return [status, describe([first, ...others], status === 422 ? problems.notPositive : first)] as const
  })
  return { ...bodyErrors, ...Object.fromEntries(documented) }
}

function describe(rejections: readonly Problem[], example: Problem): object {
  const [{ status } = example] = rejections
  const listed = rejections.map(({ code, message }) => `\`${code}\`, ${message}`).join('; ')
  // What was declined is kept under its key; what was refused is not.
  return errorResponse(`${meanings[status]}: ${listed}.`, example, status === 400 ? replayedHeader : {})
}

const bodyErrors = {
  ...commonErrors,
  403: errorResponse('A page of another origin sent it.', problems.originNotAllowed),
  413: errorResponse('The body is too large.', problems.tooLarge),
  415: errorResponse('The body is not JSON.', problems.notJson),
  503: unavailable(
    'The work cannot be accepted now, or the store was lost in the middle of it: the sentence says which. ' +
      'Try again with the same Idempotency-Key.',
  ),
}
