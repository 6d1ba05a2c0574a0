import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { OutcomeUnknown, StoreUnavailable } from '../../storage/store.ts'
import { errorBody, Problem } from './problem.ts'

/** Faults that the framework finds before a handler runs, by its codes. */
const frameworkProblems: Readonly<Record<string, Problem>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new Problem('unsupported_media_type'),
  FST_ERR_CTP_BODY_TOO_LARGE: new Problem('body_too_large'),
  // Nobody is left to read this one; what matters is that it is no fault of the service.
  ECONNRESET: new Problem(
    'malformed_request',
    'the connection was closed before the whole request had arrived',
  ),
  FST_ERR_BAD_URL: new Problem(
    'route_not_found',
    'the path is not a valid URL path; see /docs for the routes',
  ),
  // Paths with dot segments, empty segments or zero bytes, which name no file of the docs.
  FST_STATIC_FORBIDDEN_PATH: new Problem('route_not_found'),
}

/** What the files of the docs answer to headers about them, by status. */
const fileProblems: Readonly<Record<number, Problem>> = {
  412: new Problem('precondition_failed'),
  416: new Problem('range_not_satisfiable'),
}

/** Gives every error of every kind the one format, and logs those that are our own fault. */
export function answerErrors(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = problemOf(error)
    if (problem.status >= 500)
      logger.error({ requestId: request.id, ...loggedFault(error) }, 'request failed')
    return answer(request, reply, problem)
  })
}

/** A full disk fails many requests a second, each for a reason that says it all; what is a bug is found by its stack. */
function loggedFault(error: Error): { readonly reason: string } | { readonly err: Error } {
  const saysItAll = error instanceof StoreUnavailable || error instanceof Problem
  return saysItAll ? { reason: reasonOf(error) } : { err: error }
}

function reasonOf({ message, cause }: Error): string {
  return cause instanceof Error ? `${message}: ${reasonOf(cause)}` : message
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
  if (error instanceof OutcomeUnknown) return new Problem('outcome_unknown')
  if (error instanceof StoreUnavailable) return new Problem('unavailable')
  return frameworkProblems[error.code] ?? fileProblems[error.statusCode ?? 0] ?? new Problem('internal_error')
}
