import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { OutcomeUnknown, StoreUnavailable } from '../ledger/store.ts'
import { type ErrorBody, Problem, problems } from './problems.ts'

/** What to say when a named part of the request does not fit its schema. */
const invalidParts: Readonly<Record<string, string>> = {
  amount: 'amount is required, as a decimal number such as "10.00"',
  limit: problems.badLimit.message,
  cursor: problems.badCursor.message,
  'idempotency-key': 'Idempotency-Key must be 1 to 255 visible ASCII characters',
}

/** Faults that the framework finds before a handler runs, by its codes. */
const frameworkProblems: Readonly<Record<string, Problem>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: problems.notJson,
  // Nobody is left to read this one; what matters is that it is no fault of the service.
  ECONNRESET: new Problem(400, 'the connection was closed before the whole request had arrived'),
  FST_ERR_BAD_URL: new Problem(404, 'the path is not a valid URL path; see /docs for the routes'),
}

/** Gives every error of every kind the one format, and logs those that are our own fault. */
export function answerErrors(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = problemOf(error)
    if (problem.status >= 500) logger.error({ requestId: request.id, err: error }, 'request failed')
    return answer(reply, problem)
  })
}

/** Sends the problem as the reply. */
export function answer(reply: FastifyReply, problem: Problem): FastifyReply {
  const body: ErrorBody = { error: problem.message }
  return reply
    .status(problem.status)
    .headers(problem.headers)
    .type('application/json; charset=utf-8')
    .send(body)
}

function problemOf(error: FastifyError): Problem {
  if (error instanceof Problem) return error
  if (error instanceof OutcomeUnknown) return problems.unknownOutcome
  if (error instanceof StoreUnavailable) return problems.unavailable
  if (error.validation !== undefined) return invalid(error)
  return (
    frameworkProblems[error.code] ??
    new Problem(
      500,
      'something went wrong in the service; retry with the same Idempotency-Key to learn the outcome',
    )
  )
}

function invalid(error: FastifyError): Problem {
  const [first] = error.validation ?? []
  const part = first?.keyword === 'required' ? first.params['missingProperty'] : first?.instancePath.slice(1)
  const sentence = typeof part === 'string' ? invalidParts[part] : undefined
  return new Problem(422, sentence ?? 'the body must be a JSON object such as {"amount": "10.00"}')
}

/** Answers what never became a request: the framework is given it for errors of its own before any hook runs. */
export function answerBadUrl(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  void answer(reply, problemOf(error))
}
