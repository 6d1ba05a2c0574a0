import type { FromSchema } from 'json-schema-to-ts'
import { errorContent, plainErrorSchema, type ErrorInfo } from '../errors/error-body.ts'
import { problemFor, problems } from '../errors/problem.ts'

/**
 * The schemas that several routes share: they validate requests, write responses and make the documentation. They are
 * plain JSON Schema, and the types of requests and replies are derived from them.
 */

export const Money = {
  type: 'string',
  pattern: '^-?\\d+\\.\\d{2}$',
  description: 'A decimal with two places.',
  examples: ['500.00'],
} as const

export const Timestamp = {
  type: 'string',
  description: 'ISO 8601, UTC.',
  examples: ['2026-11-22T09:30:00.000Z'],
} as const

export const TransactionId = {
  type: 'string',
  description: 'Names the transaction.',
  examples: ['42'],
} as const

/** Words of the sender's own, as answers tell them. */
export const Reference = {
  type: ['string', 'null'],
  description: "The sender's own words for it; null if there were none.",
  examples: ['rent for May'],
} as const

/** The members of a query that asks for a page. */
export const pageMembers = {
  limit: {
    type: 'string',
    pattern: '^(?:[1-9]\\d{0,2}|1000)$',
    description: 'Answer one page of at most so many, 1 to 1000.',
    examples: ['100'],
  },
  cursor: {
    type: 'string',
    maxLength: 64,
    description: 'Where the page starts: from the Link header of the page before.',
  },
} as const

export const AccountParams = {
  type: 'object',
  required: ['account_number'],
  properties: {
    account_number: { type: 'string', description: 'The number of the account.', examples: ['1001'] },
  },
} as const

export type AccountParams = FromSchema<typeof AccountParams>

export const Balance = {
  type: 'object',
  required: ['account_number', 'balance'],
  properties: { account_number: { type: 'string', examples: ['1001'] }, balance: Money },
  additionalProperties: false,
} as const

export type Balance = FromSchema<typeof Balance>

const requestIdHeader = {
  'X-Request-Id': {
    description: 'The id of this request in the logs: the one that was sent, or a new one.',
    type: 'string',
    examples: ['7f0c2e4a-3f56-4a4e-9f1b-2b8f4f0f5a51'],
  },
}

const retryAfterHeader = {
  'Retry-After': {
    description: 'Seconds to wait before trying again.',
    type: 'string',
    examples: ['1'],
  },
}

export function locationHeader(example: string): Readonly<Record<string, object>> {
  return { Location: { description: 'Where it is found.', type: 'string', examples: [example] } }
}

/** A documented response: its body, what it means, and the headers it carries besides the request's id. */
export function okResponse(
  description: string,
  body: object,
  headers: Readonly<Record<string, object>> = {},
): object {
  return { ...body, description, headers: { ...requestIdHeader, ...headers } }
}

/** A documented error, with one as example. */
export function errorResponse(
  description: string,
  example: ErrorInfo,
  headers: Readonly<Record<string, object>> = {},
): object {
  return okResponse(description, { content: errorContent(example) }, { ...varyHeader, ...headers })
}

export const varyHeader = {
  Vary: { description: 'The form depends on the Accept header.', type: 'string', examples: ['Accept'] },
}

/** The errors that every route may answer; 431 comes before there is a request with an id. */
export const commonErrors = {
  421: errorResponse('The Host is not one of this service.', problems.hostNotAllowed),
  431: {
    ...plainErrorSchema('the headers of the request are too large'),
    description: 'The headers of the request are larger than 16 KiB together.',
  },
  500: errorResponse('A fault of the service itself.', problems.internal),
}

export function unavailable(description: string, example: ErrorInfo = problems.unavailable): object {
  return errorResponse(description, example, retryAfterHeader)
}

/** The errors that every route which asks the ledger may answer. */
export const readErrors = {
  ...commonErrors,
  503: unavailable('The work cannot be accepted now. Nothing has changed; try again.'),
}

/** The errors that every route to an account may answer. */
export const accountErrors = {
  404: errorResponse('There is no such account.', problemFor('account_not_found')),
  ...readErrors,
}
