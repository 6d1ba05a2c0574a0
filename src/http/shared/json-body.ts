import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { CollectedRequest } from '../collected-request.ts'
import { Problem, problems } from '../errors/problem.ts'
import { keepMoneyAsWritten } from './exact-money.ts'

const MALFORMED = new Problem(
  422,
  'malformed_json',
  'the body is not valid JSON; send an object such as {"amount": "10.00"}',
)

const NOT_UTF8 = new Problem(422, 'malformed_json', 'the body is not UTF-8; send JSON in UTF-8')

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
    else done(...jsonIn(body.bytes))
  })
}

/**
 * What the bytes say as JSON, or why they say nothing. Bytes that are not UTF-8 are refused: decoded they would become
 * the same characters as others, and two requests would be taken for one.
 */
export function jsonIn(bytes: Buffer): Parameters<BodyRead> {
  // Some clients name a type for the body that they do not send.
  if (bytes.length === 0) return [null]
  if (!isUtf8(bytes)) return [NOT_UTF8]
  const text = bytes.toString()
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return [MALFORMED]
  }
  keepMoneyAsWritten(body, text)
  return [null, body]
}
