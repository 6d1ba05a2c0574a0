import { acceptsExactly } from '../accept.ts'
import { catalogue, type ProblemCode } from './catalogue.ts'

type Headers = Readonly<Record<string, string>>

/** A request that ends here: with the status of the code, and a sentence that a person can act on. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly status: number
  readonly headers: Headers

  /** The sentence is that of the catalogue unless there is more to say. */
  constructor(code: ProblemCode, sentence: string = catalogue[code][1], headers: Headers = {}) {
    super(sentence)
    this.code = code
    this.status = catalogue[code][0]
    this.headers = this.status === 503 ? { 'retry-after': '1', ...headers } : headers
  }
}

export const PROBLEM_JSON = 'application/problem+json'

/** The form of RFC 9457, for programs. */
interface ProblemDetails {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: ProblemCode
}

/** The body of an error and its media type: problem details for requests that name them in Accept, else the sentence alone. */
export function errorBody(
  problem: Problem,
  accept: string | undefined,
): { readonly mediaType: string; readonly body: { readonly error: string } | ProblemDetails } {
  return acceptsExactly(accept, PROBLEM_JSON)
    ? { mediaType: `${PROBLEM_JSON}; charset=utf-8`, body: problemDetails(problem) }
    : { mediaType: 'application/json; charset=utf-8', body: { error: problem.message } }
}

export function problemDetails({ status, code, message }: Problem): ProblemDetails {
  // `insufficient_funds` is "Insufficient funds".
  const words = code.replaceAll('_', ' ')
  const title = words.charAt(0).toUpperCase() + words.slice(1)
  return { type: `urn:mini-atm-system:problem:${code}`, title, status, detail: message, code }
}
