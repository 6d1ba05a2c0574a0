import type { Reason } from '../../ledger/rejections.ts'
import { catalogue, type ProblemCode } from '../errors/catalogue.ts'
import { Problem, PROBLEM_JSON, problemDetails } from '../errors/problem.ts'

/** The documented responses, as OpenAPI has them. */

type Headers = Readonly<Record<string, object>>

export interface DocumentedResponse {
  readonly description: string
  readonly headers?: Headers
  readonly content: Readonly<Record<string, object>>
}

type Responses = Readonly<Record<number, object>>

export const headers = {
  RequestId: {
    description: 'The id of this request in the logs: the one that was sent, or a new one.',
    schema: { type: 'string' },
    example: '7f0c2e4a-3f56-4a4e-9f1b-2b8f4f0f5a51',
  },
  RetryAfter: {
    description: 'Seconds to wait before trying again.',
    schema: { type: 'integer' },
    example: 1,
  },
  Replayed: {
    description: 'Sent when this is the saved answer to an earlier request with the same key.',
    schema: { type: 'string', enum: ['true'] },
  },
  Vary: {
    description: 'The form depends on the Accept header.',
    schema: { type: 'string', enum: ['Accept'] },
  },
  Link: {
    description:
      'Of a page, while there is more: where the next one, with the same filters, is, with rel="next".',
    schema: { type: 'string' },
    example: '</accounts?limit=100&cursor=YWZ0ZXIgNDI>; rel="next"',
  },
  Location: { description: 'Where it is found.', schema: { type: 'string' }, example: '/holds/7' },
  Disposition: {
    description: 'With CSV: a name for the file.',
    schema: { type: 'string' },
    example: 'attachment; filename="statement-1001.csv"',
  },
}

function header(name: keyof typeof headers): object {
  return { $ref: `#/components/headers/${name}` }
}

export const linkHeader = { Link: header('Link') }
export const locationHeader = { Location: header('Location') }
export const replayedHeader = { 'Idempotency-Replayed': header('Replayed') }
export const varyHeader = { Vary: header('Vary') }
export const dispositionHeader = { 'Content-Disposition': header('Disposition') }

/** A documented success: what it means, its body, and the headers that it has besides the request's id. */
export function okResponse(description: string, schema: object, more: Headers = {}): DocumentedResponse {
  return respondingWith(description, { 'application/json': { schema } }, more)
}

export function respondingWith(
  description: string,
  content: Readonly<Record<string, object>>,
  more: Headers = {},
): DocumentedResponse {
  return { description, headers: { 'X-Request-Id': header('RequestId'), ...more }, content }
}

export const ErrorSentence = {
  title: 'Error',
  type: 'object',
  required: ['error'],
  properties: { error: { type: 'string', description: 'What was wrong and what to do.' } },
  additionalProperties: false,
}

export const ProblemDetails = {
  title: 'Problem',
  type: 'object',
  description: 'For requests that accept application/problem+json, see RFC 9457.',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string', format: 'uri', description: 'Names the kind of error, as code does.' },
    title: { type: 'string', description: 'The kind of error in a few words.' },
    status: { type: 'integer', description: 'The status of the response.' },
    detail: { type: 'string', description: 'What was wrong and what to do.' },
    code: {
      type: 'string',
      enum: Object.keys(catalogue),
      description: 'The kind of error, for programs. Never changes.',
    },
  },
  additionalProperties: false,
}

/** A documented error, with one as example. */
export function errorResponse(
  description: string,
  example: Problem | ProblemCode,
  more: Headers = {},
): DocumentedResponse {
  const problem = example instanceof Problem ? example : new Problem(example)
  return respondingWith(
    description,
    {
      'application/json': { schema: ErrorSentence, example: { error: problem.message } },
      [PROBLEM_JSON]: { schema: ProblemDetails, example: problemDetails(problem) },
    },
    { ...varyHeader, ...(problem.status === 503 && { 'Retry-After': header('RetryAfter') }), ...more },
  )
}

/** The errors that several routes may answer, by their names in the documentation. */
export const errorResponses = {
  NoAccount: errorResponse('There is no such account.', 'account_not_found'),
  NotJson: errorResponse('The body is not JSON.', 'unsupported_media_type'),
  BodyTooLarge: errorResponse('The body is too large.', 'body_too_large'),
  OtherOrigin: errorResponse('A page of another origin sent it.', 'origin_not_allowed'),
  OtherHost: errorResponse('The Host is not one of this service.', 'host_not_allowed'),
  // It comes before there is a request with an id, or with an Accept header.
  HeadersTooLarge: {
    description: 'The headers of the request are larger than 16 KiB together.',
    content: { 'application/json': { schema: ErrorSentence } },
  },
  Fault: errorResponse('A fault of the service itself.', 'internal_error'),
  Unavailable: errorResponse(
    'The work cannot be accepted now. Nothing has changed; try again.',
    'unavailable',
  ),
  MaybeUnavailable: errorResponse(
    'The work cannot be accepted now, or the store was lost in the middle of it: the sentence says which. ' +
      'Try again with the same Idempotency-Key.',
    'unavailable',
  ),
}

function shared(name: keyof typeof errorResponses): object {
  return { $ref: `#/components/responses/${name}` }
}

/** The errors that every route which asks the ledger may answer. */
export const readErrors: Responses = {
  421: shared('OtherHost'),
  431: shared('HeadersTooLarge'),
  500: shared('Fault'),
  503: shared('Unavailable'),
}

/** The errors that every route to an account may answer. */
export const accountErrors: Responses = { ...readErrors, 404: shared('NoAccount') }

/** Any command may be rejected for its key alone. */
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
export function commandErrors(...reasons: readonly Reason[]): Responses {
  const rejections = Map.groupBy([...reasons, ...reasonsOfKeys], (reason) => catalogue[reason][0])
  const documented = [...rejections].map(([status, codes]) => {
    const listed = codes.map((code) => `\`${code}\`, ${catalogue[code][1]}`).join('; ')
    const [first = 'invalid_amount'] = codes
    return [
      status,
      errorResponse(
        `${meanings[status]}: ${listed}.`,
        status === 422 ? 'invalid_amount' : first,
        // What was declined is saved under its key; what was refused is not.
        status === 400 ? replayedHeader : {},
      ),
    ] as const
  })
  return {
    ...readErrors,
    403: shared('OtherOrigin'),
    413: shared('BodyTooLarge'),
    415: shared('NotJson'),
    503: shared('MaybeUnavailable'),
    ...Object.fromEntries(documented),
  }
}
