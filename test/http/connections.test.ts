import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { after, before, describe, test, type TestContext } from 'node:test'
import { pino } from 'pino'
import { type ConnectionBounds, defaultBounds } from '../../src/http/connections/connections.ts'
import { buildServer } from '../../src/http/server.ts'
import { Ledger } from '../../src/service/ledger.ts'
import { plainTerms } from '../../src/ledger/terms.ts'
import { openTestAccounts } from '../../src/service/start-up.ts'
import { openStore } from '../../src/storage/open.ts'
import { Client, errorIn, isRecord } from '../support/client.ts'
import { openSocket, parseAnswer, readToEnd } from '../support/raw.ts'
import { rounds } from '../support/rounds.ts'
import type { Cleanup } from '../support/service.ts'

/** A busy machine is late by itself; a bound that is kept only every half minute is later than this. */
const TOLERANCE_MS = 10_000

interface Served {
  readonly url: string
  readonly logged: readonly Record<string, unknown>[]
  /** Opens a connection that is open until the server closes it or the test ends. */
  readonly open: () => Promise<Socket>
}

/** A server of this process, so that it can be given bounds that are quick to reach. */
async function startServer(cleanup: Cleanup, bounds: Partial<ConnectionBounds>): Promise<Served> {
  const logged: Record<string, unknown>[] = []
  const logger = pino({ level: 'warn' }, { write: (line) => logged.push(recordIn(line)) })
  const terms = plainTerms(600_000)
  const store = await openStore('memory:', { terms, clock: Date.now })
  await openTestAccounts(store)
  const ledger = new Ledger(store, terms)
  const server = await buildServer({ ledger, logger, version: '0.0.0', bounds })
  const sockets: Socket[] = []
  cleanup.after(async () => {
    for (const socket of sockets) socket.destroy()
    await server.close()
    await ledger.close()
  })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  const open = async (): Promise<Socket> => {
    const socket = await openSocket(url)
    socket.on('error', () => socket.destroy())
    sockets.push(socket)
    return socket
  }
  return { url, logged, open }
}

function recordIn(line: string): Record<string, unknown> {
  const value: unknown = JSON.parse(line)
  assert.ok(isRecord(value), line)
  return value
}

function assertInTime(tookMs: number, promisedMs: number): void {
  assert.ok(
    tookMs > promisedMs - 100 && tookMs < promisedMs + TOLERANCE_MS,
    `after ${Math.round(tookMs)} ms, not ${promisedMs} ms`,
  )
}

const post = 'POST /accounts/1001/deposit HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'

const unfinished = [
  { name: 'of which nothing was sent', bytes: '', slowly: '' },
  { name: 'with a head that does not end', bytes: 'GET /healthz HTTP/1.1\r\nHost:', slowly: 'x' },
  { name: 'with a body that does not end', bytes: `${post}Content-Length: 1700\r\n\r\n{"am`, slowly: ' ' },
  {
    name: 'with chunks that do not end',
    bytes: `${post}Transfer-Encoding: chunked\r\n\r\n2\r\n{"\r\n`,
    slowly: '1\r\n \r\n',
  },
]

/** The tests of one timeout, told from outside. */
function timeoutTests(timeoutMs: number): void {
  let served: Served | undefined
  const hooks: (() => Promise<void>)[] = []
  before(async () => {
    served = await startServer({ after: (hook) => hooks.push(hook) }, { timeoutMs })
  })
  after(async () => {
    for (const hook of hooks) await hook()
  })
  const open = (): Promise<Socket> => {
    assert.ok(served, 'the server is used before it was started')
    return served.open()
  }

  for (const { name, bytes, slowly } of unfinished) {
    test(`answers 408 to a request ${name}, and closes`, async (t) => {
      const socket = await open()
      const startedAtMs = performance.now()
      const text = readToEnd(socket, timeoutMs + 10_000)
      socket.write(bytes)
      // What comes slowly is as late as what does not come.
      const drip = setInterval(() => socket.write(slowly), timeoutMs / 10)
      t.after(() => clearInterval(drip))
      const answer = parseAnswer(await text)
      assertInTime(performance.now() - startedAtMs, timeoutMs)
      assert.equal(answer.status, 408)
      errorIn(answer)
    })
  }

  test('closes a connection on which an answer is not read', async (t) => {
    const socket = await open()
    // So many that the buffers of the system do not take them all.
    socket.write('GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(200))
    await once(socket, 'readable')
    const startedAtMs = performance.now()
    await untilReset(t, socket)
    // The buffers take in the answer for a moment before they are full.
    assertInTime(performance.now() - startedAtMs, timeoutMs)
  })
}

/** Resolves when the server has closed the connection: who reads nothing is told of it only when it writes. */
async function untilReset(t: TestContext, socket: Socket): Promise<void> {
  const probe = setInterval(() => socket.write('\r\n'), 20)
  t.after(() => clearInterval(probe))
  await closed(socket)
}

/** Resolves when the connection is closed, in whatever way. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()))
}

describe('a service', { concurrency: true }, () => {
  describe('with a short timeout', { concurrency: true }, () => timeoutTests(1_000))

  const skip = rounds({ quick: 0, full: 1 }) === 0 && 'it takes half a minute: npm run test:full has it'
  describe('with the timeout that is documented', { concurrency: true, skip }, () =>
    timeoutTests(defaultBounds().timeoutMs),
  )

  test('refuses the connections that are too many, logs it once, and takes others on when there is room', async (t) => {
    const { url, logged, open } = await startServer(t, { connections: 10 })
    const within = await Promise.all(Array.from({ length: 10 }, open))
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const socket = await open()
        const text = readToEnd(socket)
        socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
        return parseAnswer(await text)
      }),
    )
    for (const answer of answers) {
      assert.equal(answer.status, 503)
      assert.equal(answer.headers['retry-after'], '1')
      errorIn(answer)
    }
    await until(() => logged.length > 0)
    assert.equal(logged.length, 1, 'one line for all of them')
    assert.ok(Number(logged[0]?.['refused']) > 0)

    const [one] = within
    one?.destroy()
    const client = new Client(url, 1)
    t.after(async () => client.close())
    await until(async () => (await client.get('/healthz')).status === 200)
  })

  test('closes a flood of connections without an answer', async (t) => {
    const { open } = await startServer(t, { connections: 1 })
    const sockets = await Promise.all(Array.from({ length: 200 }, open))
    await until(() => sockets.filter((socket) => socket.destroyed).length >= 100)
    assert.equal(sockets[0]?.destroyed, false)
  })

  test('closes the connection on which most is waiting when all together have too much', async (t) => {
    const { logged, open } = await startServer(t, { backlogBytes: 1_000_000 })
    const [modest, greedy] = await Promise.all([open(), open()])
    const request = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'
    const text = readToEnd(modest)
    modest.write(request.repeat(20))
    greedy.resume()
    greedy.write(request.repeat(10_000))
    await closed(greedy)
    modest.end()
    assert.equal((await text).match(/HTTP\/1\.1 200/g)?.length, 20)
    await until(() => logged.length > 0)
    assert.equal(logged[0]?.['overfull'], 1)
  })
})

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await setTimeout(10)
}
