import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { balanceIn, Client } from '../support/client.ts'
import { run, startService, temporaryFolder } from '../support/service.ts'

describe('a second service on the same file', () => {
  test('is refused in one line, and the first one works on', async (t) => {
    const store = `sqlite:${join(await temporaryFolder(t), 'atm.db')}`
    const first = await startService(['--store', store])
    t.after(() => first.stop('SIGKILL'))
    const client = new Client(first.url)
    balanceIn(await client.operate('deposit', '9999', '"1.00"'))

    const second = await run('src/main.ts', ['--port', '0', '--store', store])
    assert.equal(second.code, 1, second.stdout)
    assert.match(second.stderr, /^[^\n]+\n$/)
    assert.ok(second.stderr.includes(store.slice('sqlite:'.length)), second.stderr)

    assert.equal(balanceIn(await client.operate('deposit', '9999', '"1.00"')), '2.00')
    client.close()
    assert.equal((await first.stop()).code, 0)
  })

  test('may begin as soon as the first has ended, also by kill -9', async (t) => {
    const store = `sqlite:${join(await temporaryFolder(t), 'atm.db')}`
    for (const signal of ['SIGKILL', 'SIGTERM', 'SIGKILL'] as const) {
      const service = await startService(['--store', store])
      const client = new Client(service.url)
      balanceIn(await client.operate('deposit', '9999', '"1.00"', 'once'))
      client.close()
      await service.stop(signal)
    }
    const service = await startService(['--store', store])
    t.after(() => service.stop('SIGKILL'))
    const client = new Client(service.url)
    assert.equal(await client.balance('9999'), 100n)
    client.close()
  })

  test('that starts at the same moment leaves one of the two, with one set of accounts', async (t) => {
    const store = `sqlite:${join(await temporaryFolder(t), 'atm.db')}`
    const starts = await Promise.allSettled([1, 2, 3].map(() => startService(['--store', store])))
    const services = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []))
    t.after(() => Promise.all(services.map((service) => service.stop('SIGKILL'))))
    assert.equal(services.length, 1)
    for (const service of services) {
      const client = new Client(service.url)
      assert.equal(await client.balance('1001'), 50_000n)
      client.close()
    }
    assert.equal((await run('src/verify.ts', ['--store', store])).code, 0)
  })
})
