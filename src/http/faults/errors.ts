import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { OutcomeUnknown, StoreUnavailable } from '../../ledger/store.ts'
import { errorBody } from '../problems/error-body.ts'
import { problemOfPart } from './invalid-parts.ts'
import { Problem, problems } from '../problems/problems.ts'

/** Faults that the framework finds before a handler runs, by its codes. */
const frameworkProblems: Readonly<Record<string, Problem>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: problems.notJson,
  // Nobody is left to read this one; what matters is that it is no fault of the service.
  ECONNRESET: new Problem(
    400,
    'malformed_request',
    'the connection was closed before the whole request had arrived',
  ),
  FST_ERR_BAD_URL: new Problem(
    404,
    'route_not_found',
    'the path is not a valid URL path; see /docs for the routes',
  ),
}

/** Gives every error of every kind the one format, and logs those that are our own fault. */
export function answerErrors(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = problemOf(error)
    if (problem.status >= 500) logger.error({ requestId: request.id, err: error }, 'request failed')
    return answer(request, reply, problem)
  })
}

/** Answers what never became a request: the framework is given it for errors of its own before any hook runs. */
export function answerBadUrl(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  void answer(request, reply, problemOf(error))
}

function answer(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  const { mediaType, body } = errorBody(problem, request.headers.accept)
  return reply
    .status(problem.status)
    .headers(problem.headers)
    .header('vary', 'Accept')
    .type(mediaType)
    .send(body)
}

function problemOf(error: FastifyError): Problem {
  if (error instanceof Problem) return error
  if (error instanceof OutcomeUnknown) return problems.unknownOutcome
  if (error instanceof StoreUnavailable) return problems.unavailable
  if (error.validation !== undefined) return invalid(error)
  return frameworkProblems[error.code] ?? problems.internal
}

function invalid({ validation, validationContext }: FastifyError): Problem {
  const [first] = validation ?? []
  const missing: unknown = first?.keyword === 'required' ? first.params['missingProperty'] : undefined
  const path = first?.instancePath.slice(1) ?? ''
  return problemOfPart(validationContext, typeof missing === 'string' && path === '' ? missing : path)
}
