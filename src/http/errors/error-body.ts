import { acceptsExactly } from '../accept.ts'
import { type ProblemCode, titleOf } from './catalogue.ts'

/** What an error is told by: its code and its sentence. */
export interface ErrorInfo {
  readonly status: number
  readonly code: ProblemCode
  readonly message: string
}

/** The plain form: a sentence that a person can act on, and nothing else. */
interface ErrorBody {
  readonly error: string
}

/** The form of RFC 9457, for programs. */
interface ProblemBody {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: ProblemCode
}

const PROBLEM_JSON = 'application/problem+json'

/** The body of an error and its media type: the form of RFC 9457 for who names it in the Accept header. */
export function errorBody(
  { status, code, message }: ErrorInfo,
  accept: string | undefined,
): { readonly mediaType: string; readonly body: ErrorBody | ProblemBody } {
  if (!acceptsExactly(accept, PROBLEM_JSON))
    return { mediaType: 'application/json; charset=utf-8', body: { error: message } }
  const type = `urn:mini-atm-system:problem:${code}`
  return {
    mediaType: `${PROBLEM_JSON}; charset=utf-8`,
    body: { type, title: titleOf(code), status, detail: message, code },
  }
}

/** The documented bodies of an error, by media type, with an example. */
export function errorContent({ status, code, message }: ErrorInfo): object {
  return {
    'application/json': { schema: plainErrorSchema(message) },
    [PROBLEM_JSON]: {
      schema: {
        type: 'object',
        description: 'For requests that accept application/problem+json, see RFC 9457.',
        required: ['type', 'title', 'status', 'detail', 'code'],
        properties: {
          type: { type: 'string', format: 'uri', description: 'Names the kind of error, as code does.' },
          title: { type: 'string', description: 'The kind of error in a few words.' },
          status: { type: 'integer', description: 'The status of the response.' },
          detail: { type: 'string', description: 'What was wrong and what to do.' },
          code: { type: 'string', description: 'The kind of error, for programs. Never changes.' },
        },
        additionalProperties: false,
        examples: [errorBody({ status, code, message }, PROBLEM_JSON).body],
      },
    },
  }
}

/** The documented plain form, with a sentence as example. */
export function plainErrorSchema(sentence: string): object {
  return {
    type: 'object',
    required: ['error'],
    properties: { error: { type: 'string', description: 'What was wrong and what to do.' } },
    additionalProperties: false,
    examples: [{ error: sentence }],
  }
}
