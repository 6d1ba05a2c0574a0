import { randomBytes } from 'node:crypto'

export const operations = ['deposit', 'balance', 'balance-at', 'history'] as const

export type Operation = (typeof operations)[number]

/** What one load generator asks of a server, again and again. */
export interface Traffic {
  readonly operation: Operation
  /** The first account number. With `accounts` above 1, all numbers have as many digits as this one. */
  readonly firstAccount: number
  /** How many accounts, numbered upwards from the first, are drawn from uniformly. */
  readonly accounts: number
  /** Whether every request carries an `Idempotency-Key` that was never used before. */
  readonly freshKeys: boolean
  /** The instant that `balance-at` asks for, in milliseconds since 1970, UTC. */
  readonly atMs?: number
}

const PLACEHOLDER_KEY = '00000000-0000-4000-8000-000000000000'
const BODY = '{"amount":"10.00"}'
const BODY_HEADERS = `Content-Type: application/json\r\nContent-Length: ${BODY.length}\r\n`
const HEX_DIGITS = Buffer.from('0123456789abcdef')
const ZERO = 0x30
const HYPHEN = 0x2d

function canonicalRequest({ operation, firstAccount, freshKeys, atMs = 0 }: Traffic, host: string): string {
  const path = `/accounts/${firstAccount}`
  const key = freshKeys ? `Idempotency-Key: ${PLACEHOLDER_KEY}\r\n` : ''
  if (operation === 'balance') return `GET ${path}/balance HTTP/1.1\r\nHost: ${host}\r\n\r\n`
  if (operation === 'balance-at')
    return `GET ${path}/balance?at=${new Date(atMs).toISOString()} HTTP/1.1\r\nHost: ${host}\r\n\r\n`
  if (operation === 'history') return `GET ${path}/transactions?limit=20 HTTP/1.1\r\nHost: ${host}\r\n\r\n`
  return `POST ${path}/deposit HTTP/1.1\r\nHost: ${host}\r\n${key}${BODY_HEADERS}\r\n${BODY}`
}

/** A fast generator of 32 random bits (xorshift): what costs time here is missing from the server under test. */
function createRandom(): () => number {
  let state = randomBytes(4).readUInt32LE() | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

/**
 * The requests of one connection: each call answers the bytes of the next.
 * The buffer is the same one every time, so the request before must have been answered.
 */
export function createRequestSource(traffic: Traffic, host: string): () => Buffer {
  const request = Buffer.from(canonicalRequest(traffic, host), 'latin1')
  const accountEnd = '/accounts/'.length + request.indexOf('/accounts/') + String(traffic.firstAccount).length
  const keyStart = request.indexOf(PLACEHOLDER_KEY)
  const random = createRandom()

  function drawAccount(): void {
    let number = traffic.firstAccount + (random() % traffic.accounts)
    for (let position = accountEnd - 1; number > 0; position--) {
      request[position] = ZERO + (number % 10)
      number = Math.floor(number / 10)
    }
  }

  function drawKey(): void {
    let bits = 0
    for (let position = 0; position < PLACEHOLDER_KEY.length; position++) {
      if (position % 8 === 0) bits = random()
      if (request[keyStart + position] !== HYPHEN) {
        request[keyStart + position] = HEX_DIGITS[bits & 15] ?? ZERO
        bits >>>= 4
      }
    }
  }

  return () => {
    if (traffic.accounts > 1) drawAccount()
    if (keyStart >= 0) drawKey()
    return request
  }
}
