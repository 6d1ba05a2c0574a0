import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, test } from 'node:test'
import { Client } from '../support/client.ts'
import { type Exit, run, startService } from '../support/service.ts'

/** Fails unless the program ended at once with one line that names what is wrong. */
function assertRefused(exit: Exit, named: string | RegExp): void {
  assert.equal(exit.code, 1, `${exit.stdout}${exit.stderr}`)
  const lines = exit.stderr.trimEnd().split('\n')
  assert.equal(lines.length, 1, exit.stderr)
  if (typeof named === 'string') assert.ok(lines[0]?.includes(named), exit.stderr)
  else assert.match(exit.stderr, named)
  assert.doesNotMatch(exit.stdout, /"url"/, 'it never listened')
}

const badValues = [
  { flag: '--port', variable: 'PORT', values: ['abc', '-1', '65536', '1.5', '8000x', '0x50'] },
  { flag: '--idempotency-ttl', variable: 'ATM_IDEMPOTENCY_TTL', values: ['abc', '-5', '10m', '1e400'] },
  { flag: '--overdraft-limit', variable: 'ATM_OVERDRAFT_LIMIT', values: ['none', '-1', '1e30', 'much'] },
  { flag: '--withdrawal-limit', variable: 'ATM_WITHDRAWAL_LIMIT', values: ['-1', '$5'] },
  {
    flag: '--daily-withdrawal-limit',
    variable: 'ATM_DAILY_WITHDRAWAL_LIMIT',
    values: ['-0.01', '1,000'],
  },
  {
    flag: '--daily-withdrawal-count',
    variable: 'ATM_DAILY_WITHDRAWAL_COUNT',
    values: ['1.5', '-1', '1000001'],
  },
  { flag: '--time-zone', variable: 'ATM_TIME_ZONE', values: ['Mars/Olympus', 'Zürich'] },
  { flag: '--allowed-hosts', variable: 'ATM_ALLOWED_HOSTS', values: ['https://bank.example'] },
  { flag: '--cors-origin', variable: 'ATM_CORS_ORIGIN', values: ['bank.example'] },
  { flag: '--log-level', variable: 'LOG_LEVEL', values: ['loud', 'INFORMATION'] },
  {
    flag: '--store',
    variable: 'ATM_STORE',
    values: ['mysql://localhost/atm', 'atm.db', 'sqlite:', 'memory:something'],
  },
]

describe('a bad value stops the start with one line that names it', () => {
  for (const { flag, variable, values } of badValues) {
    for (const value of values) {
      const others = flag === '--store' ? [] : ['--store', 'memory:']
      test(`${flag}=${value}`, async () => {
        assertRefused(await run('src/main.ts', [`${flag}=${value}`, ...others]), flag)
      })
      test(`${variable}=${value}`, async () => {
        assertRefused(await run('src/main.ts', others, { [variable]: value }), variable)
      })
    }
  }

  test('a flag that does not exist', async () => {
    assertRefused(await run('src/main.ts', ['--store', 'memory:', '--prot', '9000']), '--prot')
  })

  test('an argument that belongs to no flag', async () => {
    assertRefused(await run('src/main.ts', ['--store', 'memory:', 'serve']), 'serve')
  })

  test('a flag without its value', async () => {
    assertRefused(await run('src/main.ts', ['--store', 'memory:', '--port']), '--port')
  })

  test('a host that is not on this machine', async () => {
    const exit = await run('src/main.ts', ['--store', 'memory:', '--port', '0', '--host', '203.0.113.1'])
    assertRefused(exit, '203.0.113.1')
  })

  test('a host from the environment that is not on this machine', async () => {
    const exit = await run('src/main.ts', ['--store', 'memory:', '--port', '0'], { HOST: '203.0.113.1' })
    assertRefused(exit, '203.0.113.1')
  })

  for (const from of ['the flag', 'the variable']) {
    test(`a port from ${from} that is taken`, async (t) => {
      const taken = createServer().listen(0, '127.0.0.1')
      t.after(() => taken.close())
      await once(taken, 'listening')
      const address = taken.address()
      assert.ok(typeof address === 'object' && address !== null)
      const port = String(address.port)
      const args = from === 'the flag' ? ['--port', port] : []
      const exit = await run('src/main.ts', ['--store', 'memory:', ...args], {
        PORT: from === 'the flag' ? '0' : port,
      })
      assertRefused(exit, port)
    })
  }
})

/** Starts, asks for the health, and ends again. Answers where the service listened. */
async function startAndStop(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const service = await startService(['--store', 'memory:', ...args], env)
  const client = new Client(service.url)
  try {
    assert.equal((await client.get('/healthz')).status, 200)
  } finally {
    client.close()
    await service.stop()
  }
  return service.url
}

describe('the configuration', () => {
  test('with port 0 picks a free port and tells which', async () => {
    const urls = [await startAndStop([], {}), await startAndStop(['--port', '0'], {})]
    for (const url of urls) assert.match(url, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/)
  })

  const wins: readonly { flags: string[]; env: NodeJS.ProcessEnv }[] = [
    { flags: ['--port', '0'], env: { PORT: '1' } },
    { flags: ['--host', '127.0.0.1'], env: { HOST: '203.0.113.1' } },
    { flags: ['--log-level', 'info'], env: { LOG_LEVEL: 'error' } },
    { flags: ['--store', 'memory:'], env: { ATM_STORE: 'sqlite:/dev/null/atm.db' } },
  ]
  for (const { flags, env } of wins) {
    test(`lets the flag win: ${flags.join(' ')} over ${Object.entries(env).join(' ').replace(',', '=')}`, async () => {
      const url = await startAndStop(flags, env)
      assert.doesNotMatch(url, /:1$/)
    })
  }

  test('takes a flag and its value in one word or in two', async () => {
    await startAndStop(['--idempotency-ttl=30'], {})
    await startAndStop(['--idempotency-ttl', '30'], {})
  })
})
