import assert from 'node:assert/strict'
import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http'
import { after, before } from 'node:test'
import { type Service, startService } from './service.ts'

/** A whole answer: never a part of one. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export interface Sending {
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string | Buffer
}

export type OperationKind = 'deposit' | 'withdraw'

/** An HTTP client on connections that are kept open, as a busy caller has them. */
export class Client {
  readonly #url: string
  readonly #agent: Agent

  constructor(url: string, connections = 64) {
    this.#url = url
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
  }

  get url(): string {
    return this.#url
  }

  /** Rejects when the connection ends before the answer is complete. */
  send(method: string, path: string, { headers = {}, body }: Sending = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request(
        new URL(this.#url),
        {
          method,
          path,
          agent: this.#agent,
          headers: body === undefined ? headers : withLength(headers, body),
        },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8')
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
          })
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  }

  get(path: string): Promise<Answer> {
    return this.send('GET', path)
  }

  /** Posts the amount, which is JSON text: `"10.00"` with its quotes, or `10`. */
  operate(kind: OperationKind, account: string, amountJson: string, key?: string): Promise<Answer> {
    return this.post(
      kind,
      account,
      `{"amount":${amountJson}}`,
      key === undefined ? {} : { 'Idempotency-Key': key },
    )
  }

  post(
    kind: OperationKind,
    account: string,
    body: string | Buffer,
    headers: OutgoingHttpHeaders = {},
  ): Promise<Answer> {
    const sent = { 'Content-Type': 'application/json', ...headers }
    return this.send('POST', `/accounts/${account}/${kind}`, { headers: sent, body })
  }

  async balance(account: string): Promise<bigint> {
    return centsOf(balanceIn(await this.get(`/accounts/${account}/balance`)))
  }

  close(): void {
    this.#agent.destroy()
  }
}

function withLength(headers: OutgoingHttpHeaders, body: string | Buffer): OutgoingHttpHeaders {
  return { 'Content-Length': Buffer.byteLength(body), ...headers }
}

/** Starts a service for all tests of the suite that calls this, and stops it after them. */
export function serviceForSuite(args?: readonly string[]): {
  readonly client: Client
  readonly service: Service
} {
  let running: { client: Client; service: Service } | undefined
  before(async () => {
    const service = await startService(args)
    running = { service, client: new Client(service.url) }
  })
  after(async () => {
    running?.client.close()
    await running?.service.stop()
  })
  const started = (): { client: Client; service: Service } => {
    assert.ok(running, 'the service is used before it was started')
    return running
  }
  return {
    get client() {
      return started().client
    },
    get service() {
      return started().service
    },
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The answer's JSON object. Fails when it is anything else, or says it is. */
export function objectIn(answer: Pick<Answer, 'headers' | 'text'>): Record<string, unknown> {
  assert.match(answer.headers['content-type'] ?? '', /^application\/json(; ?charset=utf-8)?$/i)
  const value: unknown = JSON.parse(answer.text)
  assert.ok(isRecord(value), `not an object: ${answer.text}`)
  return value
}

/** The sentence of an error answer. Fails unless the body is exactly `{"error": sentence}`. */
export function errorIn(answer: Pick<Answer, 'headers' | 'text'>): string {
  const body = objectIn(answer)
  assert.deepEqual(Object.keys(body), ['error'], answer.text)
  const sentence = body['error']
  assert.ok(typeof sentence === 'string' && sentence.trim() !== '', answer.text)
  assert.doesNotMatch(
    sentence,
    /\n|\bat .+:\d+|node_modules|FST_|SQLITE/,
    'no stack trace and no library text',
  )
  return sentence
}

/** The balance of a successful answer. Fails when the answer is not one. */
export function balanceIn(answer: Answer): string {
  assert.equal(answer.status, 200, answer.text)
  const { balance } = objectIn(answer)
  assert.ok(typeof balance === 'string', answer.text)
  return balance
}

/** Cents of money text with exactly two places. */
export function centsOf(money: string): bigint {
  assert.match(money, /^(0|[1-9]\d*)\.\d\d$/, 'money has two places')
  return BigInt(money.replace('.', ''))
}

export function moneyOf(cents: bigint): string {
  const digits = cents.toString().padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
}

export function wasReplayed(answer: Answer): boolean {
  return answer.headers['idempotency-replayed'] === 'true'
}
