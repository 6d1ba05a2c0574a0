import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, test, type TestContext } from 'node:test'
import { run } from '../support/service.ts'

/** Where someone gives just this answer to whoever connects, and then falls silent. */
async function portThatSays(t: TestContext, answer: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.once('data', () => socket.write(answer))
  }).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return address.port
}

const servers = [
  { what: 'does not encrypt', answer: 'N', named: /does not encrypt/ },
  { what: 'falls silent when it should begin to encrypt', answer: 'S', named: /no answer within/ },
  { what: 'speaks no such language', answer: 'SSH-2.0', named: /127\.0\.0\.1/ },
]

describe('with sslmode=require', { concurrency: true }, () => {
  for (const { what, answer, named } of servers) {
    test(`a server that ${what} is refused in one line`, async (t) => {
      const port = await portThatSays(t, answer)
      const exit = await run('src/verify.ts', [
        '--store',
        `postgres://atm:secret@127.0.0.1:${port}/atm?sslmode=require`,
      ])
      assert.equal(exit.code, 1, exit.stdout + exit.stderr)
      assert.match(exit.stderr, /^[^\n]+\n$/)
      assert.match(exit.stderr, named)
    })
  }
})
