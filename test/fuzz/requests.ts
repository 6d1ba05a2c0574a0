import type { Random } from '../support/random.ts'
import { bankLine, type Line, type Seen } from './bank-requests.ts'
import { amountBody, anyBody } from './bodies.ts'

/** The bytes of one request, and what may come of them. */
export interface FuzzRequest {
  readonly bytes: Buffer
  readonly method: string
  readonly path: string
  /** Present when it may move money. */
  readonly body?: Buffer
  /** Not HTTP: the connection may be closed without an answer, and is of no further use. */
  readonly malformed: boolean
  /** Others may be sent with it at once: its answer is none after which the service closes the connection. */
  readonly mayShare: boolean
}

const accounts = [
  [70, '1001'],
  [15, '1002'],
  [5, '9999'],
  [2, '%31001'],
  [2, '1003'],
  [1, ''],
  [1, '01001'],
  [1, '1001%20'],
  [1, '..'],
  [1, '%2e%2e%2f'],
  [1, '%00'],
  [1, '%zz'],
  [1, '-1'],
  [1, "1'--"],
] as const satisfies readonly (readonly [number, string])[]

const contentTypes = [
  [80, 'application/json'],
  [4, 'application/json; charset=utf-8'],
  [2, 'APPLICATION/JSON'],
  [2, 'text/plain'],
  [2, ''],
  [2, 'application/x-www-form-urlencoded'],
  [2, 'multipart/form-data'],
  [2, 'application/json; charset=utf-16'],
  [1, 'a/b/c'],
  [1, ';;;'],
  [1, 'application/problem+json'],
] as const satisfies readonly (readonly [number, string])[]

/** What may be answered with 415 or 417, which end a connection as 413 and unreadable JSON do. */
const mayClose = /^(?:Content-Type: (?!application\/json$)|Content-Encoding|Expect|Connection)/

function isJson(body: Buffer): boolean {
  try {
    JSON.parse(body.toString('utf8'))
    return body.length < 16_000
  } catch {
    return false
  }
}

/** Text that is legal in a header or a target, and of no use there. */
function junk(random: Random, longest: number): string {
  return random.text(random.integer(1, random.percent(5) ? longest : 20))
}

function query(random: Random, lastCursor: string): string {
  const limit = random.pick([
    '1',
    '2',
    '10',
    '0',
    '-1',
    '1001',
    '1e1',
    '1.5',
    'x',
    '',
    '%',
    '%00',
    '99999999999999999999',
  ])
  return random.weighted<() => string>([
    [40, () => `?limit=${limit}`],
    [30, () => `?limit=5&cursor=${random.percent(50) ? lastCursor : encodeURIComponent(junk(random, 300))}`],
    [10, () => `?limit=1&limit=2`],
    [10, () => `?cursor=${encodeURIComponent(junk(random, 300))}`],
    [10, () => `?limit=3&${junk(random, 300).replaceAll('#', '')}`],
  ])()
}

/** A method and target: the routes that exist, in every combination, and some that do not. */
function line(random: Random, seen: Seen): Line {
  const bank = random.percent(30) ? bankLine(random, seen) : undefined
  if (bank !== undefined && random.percent(95)) return bank
  const { lastCursor } = seen
  const account = random.percent(95) ? random.weighted(accounts) : encodeURIComponent(junk(random, 300))
  // A whole history of a busy account is long: reading it often would measure the network alone.
  const history = random.percent(99.5) ? query(random, lastCursor) : ''
  const [method, path] = random.weighted<() => readonly [string, string]>([
    [24, () => ['POST', `/accounts/${account}/deposit`]],
    [24, () => ['POST', `/accounts/${account}/withdraw`]],
    [10, () => ['GET', `/accounts/${account}/balance`]],
    [14, () => ['GET', `/accounts/${account}/transactions${history}`]],
    [4, () => ['GET', '/healthz']],
    [0.5, () => ['GET', '/openapi.json']],
    [
      0.5,
      () => [
        'GET',
        `/docs${random.pick(['', '/', '/static/index.css', '/static/..%2f..%2fpackage.json', '/json', '/yaml'])}`,
      ],
    ],
    [6, () => [random.pick(['GET', 'POST', 'DELETE']), `/${junk(random, 4_000).replaceAll('#', '')}`]],
    [4, () => ['POST', `/accounts/${account}/${junk(random, 100)}`]],
    [2, () => ['GET', `//${account}/../accounts/${account}/balance`]],
  ])()
  const isHead = random.percent(2)
  const changed = random.pick([
    'GET',
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
    'OPTIONS',
    'TRACE',
    'PROPFIND',
    'PURGE',
    'QUERY',
  ])
  if (isHead) return { method: 'HEAD', path }
  return { method: random.percent(8) ? changed : method, path }
}

function key(random: Random): string {
  return random.weighted<() => string>([
    [70, () => `key-${random.integer(1, 20_000)}`],
    [15, () => random.text(random.integer(1, 255))],
    [5, () => random.text(random.integer(256, 400))],
    [5, () => ''],
    [5, () => random.text(random.integer(1, 20), 0x80, 0xff)],
  ])()
}

function headers(random: Random): readonly string[] {
  const lines = [`Host: ${random.percent(99) ? '127.0.0.1' : junk(random, 100)}`]
  if (random.percent(90)) lines.push(`Content-Type: ${random.weighted(contentTypes)}`)
  if (random.percent(40)) lines.push(`Idempotency-Key: ${key(random)}`)
  if (random.percent(20))
    lines.push(`X-Request-Id: ${random.text(random.integer(0, 80), 0x20, 0xff).replaceAll('\u{7f}', '')}`)
  if (random.percent(10)) lines.push(`Accept: ${junk(random, 200)}`)
  if (random.percent(5)) lines.push(`X-${random.text(5, 0x61, 0x7a)}: ${junk(random, 2_000)}`)
  if (random.percent(2)) lines.push(`Content-Encoding: ${random.pick(['gzip', 'br', 'identity'])}`)
  if (random.percent(2)) lines.push('Connection: Upgrade', 'Upgrade: websocket')
  if (random.percent(1)) lines.push(`Expect: ${random.pick(['100-continue', 'a-miracle'])}`)
  if (random.percent(1)) lines.push(`Accept-Version: ${random.pick(['1.x', '*', '-'])}`)
  return lines
}

function framed(random: Random, body: Buffer): { readonly header: string; readonly payload: Buffer } {
  if (random.percent(95)) return { header: `Content-Length: ${body.length}`, payload: body }
  const chunk = body.length === 0 ? [] : [`${body.length.toString(16)}\r\n`, body, '\r\n']
  const payload = Buffer.concat([...chunk, '0\r\n\r\n'].map((part) => Buffer.from(part)))
  return { header: 'Transfer-Encoding: chunked', payload }
}

/** Well-formed HTTP with whatever content. */
export function wellFormed(random: Random, seen: Seen): FuzzRequest {
  const { method, path, body: given } = line(random, seen)
  const hasBody = ['POST', 'PATCH'].includes(method) ? random.percent(98) : random.percent(5)
  const body = given ?? (random.percent(85) ? amountBody(random) : anyBody(random))
  const closes = random.percent(2)
  const lines = [`${method} ${path} HTTP/1.${closes ? 0 : 1}`, ...headers(random)]
  const { header, payload } =
    hasBody && !closes ? framed(random, body) : { header: `Content-Length: ${body.length}`, payload: body }
  if (hasBody) lines.push(header)
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  return {
    bytes: hasBody ? Buffer.concat([head, payload]) : head,
    method,
    path,
    body,
    malformed: false,
    mayShare:
      !closes && (hasBody ? isJson(body) : method === 'GET') && !lines.some((each) => mayClose.test(each)),
  }
}

function damaged(random: Random, head: string): string {
  const at = random.integer(0, head.length - 1)
  const rest = head.slice(at + 1)
  return random.weighted([
    [40, () => head.slice(0, at) + random.text(1, 0, 255) + rest],
    [10, () => head.slice(0, at) + rest],
    [10, () => head.slice(0, at)],
    [5, () => head.replace('Host:', random.pick(['Host', 'Ho st:', ' Host:', 'X:']))],
    [5, () => head.replace('HTTP/1.1', random.pick(['HTTP/9.9', 'HTTP/2.0', 'HTP/1.1', '', 'HTTP/1.1 x']))],
    [5, () => head.replace('\r\n\r\n', `\r\nX-Long: ${'x'.repeat(random.integer(16_000, 40_000))}\r\n\r\n`)],
    [
      5,
      () =>
        head.replace(
          '\r\n\r\n',
          `\r\n${random.pick(['Content-Length: 5', 'Content-Length: -1', 'Transfer-Encoding: chunked', 'Transfer-Encoding: x'])}\r\n\r\n`,
        ),
    ],
    [5, () => head.replaceAll('\r\n', random.pick(['\n', '\r', '\n\r', '\r\n\r\n']))],
    [
      5,
      () =>
        head.replace(
          /^\w+ \S+/,
          random.pick(['CONNECT 127.0.0.1:80', 'GET', 'GET http://[::', 'OPTIONS *', 'get /']),
        ),
    ],
  ])()
}

/** Bytes that are nearly HTTP or nothing like it. They can never move money: their amount is zero. */
export function malformed(random: Random): FuzzRequest {
  const account = random.pick(['1001', '1002', '9999'])
  const method = random.pick(['GET', 'POST', 'POST', 'PUT'])
  const path = random.pick([
    `/accounts/${account}/deposit`,
    `/accounts/${account}/withdraw`,
    `/accounts/${account}/balance`,
  ])
  const body = random.pick(['', '{"amount":"0"}', '{"amount":0', '\0'])
  const head = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`
  const bytes = random.percent(80)
    ? Buffer.from(damaged(random, head) + body, 'latin1')
    : random.bytes(random.integer(1, 300))
  return { bytes, method, path, malformed: true, mayShare: false }
}
