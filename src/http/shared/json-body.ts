import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem } from '../errors/problem.ts'

/** Reads bodies as JSON: when they say so, and when they do not say what they are. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  for (const type of ['application/json', /^application\/[\w.-]+\+json(?:;|$)/])
    app.addContentTypeParser(type, { parseAs: 'buffer' }, readBody)
  app.addHook('onRequest', ({ headers }, _reply, done) => {
    const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
    if (hasBody) headers['content-type'] ??= 'application/json'
    done()
  })
}

type BodyRead = (error: Error | null, body?: unknown) => void

function readBody(_request: FastifyRequest, body: Buffer, done: BodyRead): void {
  done(...jsonIn(body))
}

/**
 * What the bytes say as JSON, or why they say nothing. Bytes that are not UTF-8 are refused: decoded they would become
 * the same characters as others, and two requests would be taken for one.
 */
export function jsonIn(bytes: Buffer): Parameters<BodyRead> {
  // Some clients name a type for the body that they do not send.
  if (bytes.length === 0) return [null]
  if (!isUtf8(bytes)) return [new Problem('malformed_json', 'the body is not UTF-8; send JSON in UTF-8')]
  const text = bytes.toString()
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return [new Problem('malformed_json')]
  }
  keepMoneyAsWritten(body, text)
  return [null, body]
}

/** The members of bodies that are money: `limits/overdraft` is the overdraft in limits. */
const MONEY: ReadonlySet<string> = new Set([
  'amount',
  'opening_deposit',
  'limits/overdraft',
  'limits/withdrawal',
  'limits/daily_amount',
])

/**
 * What every number has that a double might change: an exponent of three digits, or more than 15 digits in all, of
 * which eight are in a row, wherever the point is.
 */
const MAY_BE_INEXACT = /\d{8}|[eE][+-]?\d{3}/

/** What tells where in the text a number stands. Commas, spaces and words do not. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\]:]/g

/**
 * Puts the text of each number that is money in the place of its double, and lets no other pass that the double has
 * changed: 0.99999999999999999999 seconds are not one. `body` is what `text`, valid JSON, parses to.
 */
function keepMoneyAsWritten(body: unknown, text: string): void {
  if (!MAY_BE_INEXACT.test(text) || !isObject(body)) return
  for (const { path, written } of numbersIn(text)) {
    const member = path.at(-1) ?? ''
    const holder = path.length === 1 ? body : body[path[0] ?? '']
    // Of several members of one name the last counts, and it may be no number.
    if (!isObject(holder) || typeof holder[member] !== 'number') continue
    if (MONEY.has(path.join('/'))) holder[member] = written
    // No schema takes this for a number, whole or not.
    else if (MAY_BE_INEXACT.test(written) && String(holder[member]) !== written) holder[member] = Number.NaN
  }
}

interface WrittenNumber {
  /** The names of the members that lead to it, one or two. */
  readonly path: readonly string[]
  readonly written: string
}

/** The last number of each path in the body itself and in its objects. A loop, as bodies may be deep. */
function numbersIn(text: string): Iterable<WrittenNumber> {
  const numbers = new Map<string, WrittenNumber>()
  // The name of the member at each depth, in its quotes; an element of a list has none.
  const names: string[] = []
  let latest = ''
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') names.push('""')
    else if (token === '}' || token === ']') names.pop()
    else if (token === ':') names[names.length - 1] = latest
    else if (token.startsWith('"')) latest = token
    else if (names.length <= 2) {
      const path = names.map((name) => String(JSON.parse(name)))
      numbers.set(JSON.stringify(path), { path, written: token })
    }
  }
  return numbers.values()
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
