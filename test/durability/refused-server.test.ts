import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, test, type TestContext } from 'node:test'
import { assertNoPassword } from '../support/instances.ts'
import { createDatabase } from '../support/postgres.ts'
import { run } from '../support/service.ts'

const SECRET = 'a-secret-to-keep'

/** A port where somebody listens and never says a word, or where nobody listens any more. */
async function portOf(t: TestContext, kind: 'silent' | 'closed'): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.resume()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  if (kind === 'silent') t.after(() => server.close())
  else server.close()
  return address.port
}

/** The store to start with for each way in which a server can refuse, and what the line must name. */
const refusals: readonly {
  readonly what: string
  readonly store: (t: TestContext) => Promise<string>
  readonly named: RegExp
}[] = [
  {
    what: 'where nobody listens',
    store: async (t) => `postgres://atm:${SECRET}@127.0.0.1:${await portOf(t, 'closed')}/atm`,
    named: /127\.0\.0\.1/,
  },
  {
    what: 'that never says a word',
    store: async (t) => `postgres://atm:${SECRET}@127.0.0.1:${await portOf(t, 'silent')}/atm`,
    named: /127\.0\.0\.1/,
  },
  {
    what: 'whose name nobody knows',
    store: () => Promise.resolve(`postgres://atm:${SECRET}@no-such-host.invalid:5432/atm`),
    named: /no-such-host\.invalid/,
  },
  {
    what: 'that takes another password',
    store: async (t) => {
      const url = new URL(await createDatabase(t))
      url.password = SECRET
      return url.href
    },
    named: /password|authentication/i,
  },
  {
    what: 'without that database',
    store: async (t) => {
      const url = new URL(await createDatabase(t))
      url.pathname = '/no_such_database'
      return url.href
    },
    named: /no_such_database/,
  },
]

// All at once: they spend their time waiting for a server.
describe('a PostgreSQL server', { concurrency: true }, () => {
  for (const { what, store, named } of refusals) {
    for (const program of ['src/main.ts', 'src/verify.ts']) {
      test(`${what} is refused in one line by ${program}`, { timeout: 60_000 }, async (t) => {
        const url = await store(t)
        const begin = performance.now()
        const port = program === 'src/main.ts' ? ['--port', '0'] : []
        const exit = await run(program, [...port, '--store', url])
        assert.ok(performance.now() - begin < 20_000, 'it does not wait for long')
        assert.equal(exit.code, 1, exit.stdout + exit.stderr)
        assert.match(exit.stderr, /^[^\n]+\n$/)
        assert.match(exit.stderr, named)
        assertNoPassword(url, exit.stdout + exit.stderr)
      })
    }
  }
})
