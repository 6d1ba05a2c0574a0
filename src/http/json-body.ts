import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem } from './problems.ts'

declare global {
  interface JSON {
    /** The standard's third argument of a reviver, which the compiler's library does not have yet. */
    parse(
      text: string,
      reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
    ): unknown
  }
}

/** No request of this service needs more. */
export const BODY_LIMIT_BYTES = 16_384

/** As many digits may be more than a double holds. */
const LONG_DIGITS = /\d{16}/

/** Reads bodies as JSON: when they say so, and when they do not say what they are. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, parseBody)
  app.addContentTypeParser(/^application\/[\w.-]+\+json(?:;|$)/, { parseAs: 'string' }, parseBody)
  app.addContentTypeParser('*', { parseAs: 'string' }, async (request: FastifyRequest, body: string) => {
    if (request.headers['content-type'] !== undefined)
      throw new Problem(415, 'send the body as application/json')
    return parseJson(body)
  })
}

async function parseBody(_request: FastifyRequest, body: string): Promise<unknown> {
  return parseJson(body)
}

function parseJson(text: string): unknown {
  try {
    return LONG_DIGITS.test(text) ? JSON.parse(text, keepLongIntegers) : JSON.parse(text)
  } catch {
    throw new Problem(422, 'the body is not valid JSON; send an object such as {"amount": "10.00"}')
  }
}

/** An integer that a double would round is kept as its text, so that no amount is read as another one. */
function keepLongIntegers(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const { source = '' } = context
  return /^-?\d+$/.test(source) ? source : value
}
