import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { CollectedRequest } from '../collected-request.ts'
import { Problem, problems } from '../problems/problems.ts'

declare global {
  interface JSON {
    /** The standard's third argument of a reviver, which the compiler's library does not have yet. */
    parse(
      text: string,
      reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
    ): unknown
  }
}

/** As many digits may be more than a double holds. */
const LONG_DIGITS = /\d{16}/

const MALFORMED = new Problem(
  422,
  'malformed_json',
  'the body is not valid JSON; send an object such as {"amount": "10.00"}',
)

/** Reads bodies as JSON: when they say so, and when they do not say what they are. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', readBody)
  app.addContentTypeParser(/^application\/[\w.-]+\+json(?:;|$)/, readBody)
  app.addContentTypeParser('*', (request: FastifyRequest, message: IncomingMessage, done: BodyRead) => {
    if (request.headers['content-type'] === undefined) readBody(request, message, done)
    else done(problems.notJson)
  })
}

type BodyRead = (error: Error | null, body?: unknown) => void

function readBody(_request: FastifyRequest, message: IncomingMessage, done: BodyRead): void {
  if (!(message instanceof CollectedRequest))
    throw new TypeError('the server must make its requests collect their bodies')
  message.collect((body) => {
    if (body === 'too large') done(problems.tooLarge)
    else if (body instanceof Error) done(body)
    else parseJson(body.text, done)
  })
}

function parseJson(text: string, done: BodyRead): void {
  // Some clients name a type for the body that they do not send.
  if (text === '') return done(null)
  let body: unknown
  try {
    body = LONG_DIGITS.test(text) ? JSON.parse(text, keepLongIntegers) : JSON.parse(text)
  } catch {
    return done(MALFORMED)
  }
  done(null, body)
}

/** An integer that a double would round is kept as its text, so that no amount is read as another one. */
function keepLongIntegers(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const { source = '' } = context
  return /^-?\d+$/.test(source) ? source : value
}
