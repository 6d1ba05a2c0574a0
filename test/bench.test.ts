import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, createServer as createTcpServer } from 'node:net'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { isMet } from '../bench/figures.ts'
import { createRequestSource } from '../bench/load/request-source.ts'
import { isSuccess, responseLength } from '../bench/load/response.ts'
import { runLoadGenerator } from '../bench/load/run.ts'
import { bottleneckOf } from '../bench/report/bottleneck.ts'
import { drawBarChart } from '../bench/report/svg.ts'
import { FIRST_SEEDED_ACCOUNT } from '../bench/seed-plan.ts'
import { seedStoreAt } from '../bench/seed-store.ts'
import { startDelayingProxy } from '../bench/servers/delaying-proxy.ts'
import { withPostgresServer } from '../bench/servers/postgres-server.ts'
import { usageOf } from '../bench/servers/process-tree.ts'
import { median, ratios } from '../bench/statistics.ts'
import { withSql } from './support/postgres.ts'

const deposit = { operation: 'deposit', firstAccount: 100_000, accounts: 1, freshKeys: false } as const

describe('statistics', () => {
  test('the median is the middle value, or the mean of the two middle ones', () => {
    assert.equal(median([9, 1, 5]), 5)
    assert.equal(median([4, 1, 3, 2]), 2.5)
    assert.throws(() => median([]))
  })

  test('ratios are taken round by round', () => {
    assert.deepEqual(ratios([2, 9], [4, 3]), [0.5, 3])
    assert.throws(() => ratios([1], [1, 2]))
  })

  test('a goal is held against the median', () => {
    const figure = { what: 'speed', unit: 'ratio', rounds: [0.8, 0.9, 2] } as const
    assert.equal(isMet({ ...figure, goal: { atLeast: 0.9 } }), true)
    assert.equal(isMet({ ...figure, goal: { atLeast: 0.91 } }), false)
    assert.equal(isMet({ ...figure, goal: { atMost: 0.9 } }), true)
    assert.equal(isMet({ ...figure, goal: { atMost: 0.89 } }), false)
  })
})

describe('the load generator', () => {
  const response = Buffer.from('HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 5\r\n\r\nhello')

  test('finds the end of a response in any case of its header, and knows when there is more to come', () => {
    assert.equal(responseLength(response, response.length), response.length)
    assert.equal(
      responseLength(Buffer.from(response.toString().toLowerCase()), response.length),
      response.length,
    )
    const headerEnd = response.indexOf('hello')
    for (let end = 0; end < headerEnd; end++) assert.equal(responseLength(response, end), -1)
    for (let end = headerEnd; end < response.length; end++)
      assert.equal(responseLength(response, end), response.length)
  })

  test('counts only the two hundreds as success', () => {
    assert.equal(isSuccess(response), true)
    assert.equal(isSuccess(Buffer.from('HTTP/1.1 503 Service Unavailable\r\n\r\n')), false)
  })

  test('draws every account of a range and none outside', () => {
    const next = createRequestSource({ ...deposit, accounts: 10 }, 'localhost')
    const drawn = new Set(
      Array.from({ length: 1_000 }, () => /accounts\/(\d+)\//.exec(next().toString())?.[1]),
    )
    const expected = Array.from({ length: 10 }, (_, index) => String(100_000 + index))
    assert.deepEqual(drawn, new Set(expected))
  })

  test('never sends a key twice, and each is shaped like a UUID', () => {
    const next = createRequestSource({ ...deposit, freshKeys: true }, 'localhost')
    const keys = Array.from(
      { length: 1_000 },
      () => /Idempotency-Key: (\S+)/.exec(next().toString())?.[1] ?? '',
    )
    assert.equal(new Set(keys).size, keys.length)
    for (const key of keys) assert.match(key, /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/)
  })

  test('counts what a real server answered', async () => {
    let answered = 0
    const server = createServer((request, reply) => {
      request.resume()
      answered += 1
      reply.end('{"balance":"1.00"}')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    assert.ok(address !== null && typeof address === 'object')
    const settings = { connections: 4, warmupSeconds: 0.1, seconds: 0.2 }
    const result = await runLoadGenerator(address.port, deposit, settings)
    server.close()
    assert.ok(result.requests > 0 && result.requests < result.requestsEver)
    // What was in flight at the end was answered, but no longer read.
    assert.ok(answered - result.requestsEver <= settings.connections)
    assert.ok(result.p50Ms > 0 && result.p50Ms <= result.p99Ms && result.p99Ms <= result.maxMs)
  })

  test('refuses a run in which a request failed', async () => {
    const server = createServer((_, reply) => void reply.writeHead(503).end('{}')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    assert.ok(address !== null && typeof address === 'object')
    const settings = { connections: 1, warmupSeconds: 0.05, seconds: 0.05 }
    await assert.rejects(runLoadGenerator(address.port, deposit, settings), /were not answered 2xx/)
    server.close()
  })
})

describe(
  'the processor time of a tree of processes',
  { skip: process.platform !== 'linux' && 'reads /proc' },
  () => {
    test('holds that of children that have ended', async () => {
      const busy = 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'
      const parent = spawn('sh', ['-c', `sh -c '${busy}'; echo done; read _`], {
        stdio: ['pipe', 'pipe', 'inherit'],
      })
      await once(parent.stdout, 'data')
      assert.ok(parent.pid !== undefined)
      const { cpuMs } = usageOf(parent.pid)
      parent.stdin.end('\n')
      await once(parent, 'close')
      assert.ok(cpuMs >= 50, `${cpuMs} ms`)
    })
  },
)

describe('the bottleneck', () => {
  const run = {
    requests: 1,
    requestsEver: 1,
    requestsPerSecond: 1,
    p50Ms: 1,
    p99Ms: 1,
    maxMs: 1,
    failures: 0,
    generatorCpuShare: 0.3,
    generatorLoopShare: 0.3,
    serverCpuShare: 0.8,
    databaseCpuShare: 0,
    serverResidentBytes: 1,
  }

  test('is the machine when server, database and load generator together use all cores', () => {
    const withDatabase = { name: 'both', runs: [{ ...run, databaseCpuShare: 0.85 }] }
    assert.match(bottleneckOf(withDatabase, 2), /by the machine.*80 % of a core, the database server 85 %/)
    assert.match(bottleneckOf({ name: 'one', runs: [run] }, 2), /by waiting.*80 % of a core, and/)
  })
})

describe('the long line', () => {
  const DELAY_MS = 10
  const CHUNKS = 200

  test('delays each direction, keeps the order, and carries many chunks at once', async () => {
    const echo = createTcpServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1')
    await once(echo, 'listening')
    const address = echo.address()
    assert.ok(address !== null && typeof address === 'object')
    const line = await startDelayingProxy(address.port, DELAY_MS)
    const socket = connect(line.port, '127.0.0.1').setEncoding('utf8').setNoDelay(true)
    let received = ''
    socket.on('data', (text: string) => (received += text))
    const startedAtMs = performance.now()
    let sent = ''
    for (let chunk = 0; chunk < CHUNKS; chunk++) {
      const text = `${chunk} `
      sent += text
      socket.write(text)
      await turn()
    }
    socket.end()
    await once(socket, 'close')
    const elapsedMs = performance.now() - startedAtMs
    await line.close()
    echo.close()
    assert.equal(received, sent)
    assert.ok(elapsedMs >= 2 * DELAY_MS, `${elapsedMs} ms for a round trip`)
    assert.ok(elapsedMs < (CHUNKS * 2 * DELAY_MS) / 2, `${elapsedMs} ms: the chunks waited for each other`)
  })
})

describe("the benchmark's own PostgreSQL", () => {
  test('gives every run a copy of the seeded books, and takes it away after', async () => {
    await withPostgresServer(async (server) => {
      assert.match(server.version, /^\d+\.\d+/)
      const template = await server.create()
      await seedStoreAt({ store: template, accounts: 3, postings: 20, keys: 5 })
      const copy = await server.copyOf(template)
      const seeded = await withSql(
        copy.url,
        (sql) => sql`SELECT (SELECT count(*)::int FROM postings) AS postings, count(*)::int AS accounts
          FROM accounts WHERE number::int >= ${FIRST_SEEDED_ACCOUNT}`,
      )
      assert.equal(seeded[0]?.['accounts'], 3)
      assert.ok(Number(seeded[0]?.['postings']) >= 20)
      await copy.remove()
      await assert.rejects(
        withSql(copy.url, (sql) => sql`SELECT 1`),
        /does not exist/,
      )
    })
  })
})

describe('the bar chart', () => {
  const svg = drawBarChart({
    title: 'A < B & "C"',
    bars: [
      { label: 'fast', value: 100, low: 90, high: 110 },
      { label: 'slow', value: 50, low: 40, high: 60 },
    ],
    format: (value) => `${value}/s`,
  })

  test('closes every element it opens and escapes what it is given', () => {
    const open: string[] = []
    for (const [, slash, name = '', selfClosing] of svg.matchAll(/<(\/?)(\w+)[^<>]*?(\/?)>/g)) {
      if (slash === '/') assert.equal(open.pop(), name)
      else if (selfClosing !== '/') open.push(name)
    }
    assert.deepEqual(open, [])
    assert.ok(svg.includes('<title id="title">A &lt; B &amp; &quot;C&quot;</title>'))
  })

  test('draws bars in proportion', () => {
    const widths = [...svg.matchAll(/class="bar"[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width))
    const [fast = 0, slow = 0] = widths
    assert.equal(widths.length, 2)
    assert.ok(Math.abs(fast / slow - 2) < 0.01)
  })
})
