import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Client, isRecord } from '../support/client.ts'
import { exchange, head } from '../support/raw.ts'
import { startService } from '../support/service.ts'

type Entry = Record<string, unknown>

/** Does one of each thing, ends the service, and so has all that it printed. */
describe('the log', () => {
  let lines: readonly string[] = []
  let stderr = ''
  const entries = (): Entry[] => lines.map((line): unknown => JSON.parse(line)).filter(isRecord)
  const entryOf = (requestId: string): Entry => {
    const found = entries().filter(
      (entry) => entry['requestId'] === requestId && entry['status'] !== undefined,
    )
    assert.equal(found.length, 1, `one line with a status for ${requestId}`)
    return found[0] ?? {}
  }

  before(async () => {
    const service = await startService()
    const client = new Client(service.url)
    const call = (
      id: string,
      kind: 'deposit' | 'withdraw',
      account: string,
      json: string,
      key: string,
    ): Promise<unknown> =>
      client.post(kind, account, `{"amount":${json}}`, { 'X-Request-Id': id, 'Idempotency-Key': key })
    await call('log-deposit', 'deposit', '1001', '10.005', 'k1')
    await call('log-replay', 'deposit', '1001', '10.005', 'k1')
    await call('log-declined', 'withdraw', '9999', '"5"', 'k2')
    await call('log-unknown', 'withdraw', '4711', '"5"', 'k3')
    await call('log-invalid', 'deposit', '1001', '"a\\n{\\"level\\":\\"forged\\"}\\u0007"', 'k4')
    await client.send('GET', '/accounts/1002/balance', { headers: { 'X-Request-Id': 'log-balance' } })
    await client.send('GET', '/nope%0a%22', { headers: { 'X-Request-Id': 'log-404' } })
    await exchange(service.url, 'garbage\r\n\r\n')
    client.close()
    const exit = await service.stop()
    lines = service.lines
    stderr = exit.stderr
  })

  test('has one JSON object a line, each with a time and a level, and stderr is empty', () => {
    assert.ok(lines.length >= 8)
    assert.equal(entries().length, lines.length)
    for (const entry of entries()) {
      const { time, level } = entry
      assert.ok(typeof time === 'string' || typeof time === 'number', JSON.stringify(entry))
      assert.ok(Math.abs(new Date(time).getTime() - Date.now()) < 60_000, JSON.stringify(entry))
      assert.ok(typeof level === 'string' || typeof level === 'number', JSON.stringify(entry))
      assert.notEqual(level, 'forged')
    }
    assert.equal(stderr, '')
  })

  test('tells of a deposit all that was decided', () => {
    const { time: _time, level: _level, durationMs, ...entry } = entryOf('log-deposit')
    assert.ok(typeof durationMs === 'number' && durationMs >= 0)
    const expected = {
      requestId: 'log-deposit',
      method: 'POST',
      status: 200,
      account: '1001',
      operation: 'deposit',
      amount: '10.01',
      balance: '510.01',
      idempotencyKey: 'k1',
      replayed: false,
    }
    for (const [name, value] of Object.entries(expected)) assert.equal(entry[name], value, name)
    assert.match(String(entry['route']), /^\/accounts\/[:{]\w+\}?\/deposit$/, 'the route, not the path')
  })

  test('tells of a replay that it was one', () => {
    const entry = entryOf('log-replay')
    assert.equal(entry['replayed'], true)
    assert.equal(entry['status'], 200)
    assert.equal(entry['balance'], '510.01')
  })

  test('tells the reason of what was declined or refused', () => {
    const declined = entryOf('log-declined')
    assert.equal(declined['status'], 400)
    assert.match(String(declined['reason']), /insufficient.funds/i)
    assert.equal(declined['account'], '9999')
    assert.equal(declined['operation'], 'withdraw')
    assert.equal(declined['amount'], '5.00')
    assert.equal(declined['balance'], undefined)
    const unknown = entryOf('log-unknown')
    assert.equal(unknown['status'], 404)
    assert.match(String(unknown['reason']), /account.not.found/i)
  })

  test('has one line for each other request', () => {
    assert.equal(entryOf('log-invalid')['status'], 422)
    assert.equal(entryOf('log-balance')['status'], 200)
    assert.equal(entryOf('log-404')['status'], 404)
  })
})

describe('a request id', () => {
  let client: Client
  let stop: () => Promise<unknown>
  before(async () => {
    const service = await startService()
    client = new Client(service.url)
    stop = () => service.stop()
  })
  after(async () => {
    client.close()
    await stop()
  })

  for (const id of ['a', 'req-42', 'A_b.c-1', 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6']) {
    test(`of the caller is taken over: ${id}`, async () => {
      const answer = await client.send('GET', '/healthz', { headers: { 'X-Request-Id': id } })
      assert.equal(answer.headers['x-request-id'], id)
    })
  }

  for (const [name, id] of [
    ['has a space', 'a b'],
    ['is empty', ''],
    ['is not ASCII', 'caf\xe9'],
    ['is too long', 'x'.repeat(1_000)],
    ['has quotes', '"}{"'],
  ] as const) {
    test(`that ${name} is replaced`, async () => {
      const answer = await exchange(client.url, head('GET /healthz HTTP/1.1', `X-Request-Id: ${id}`))
      assert.equal(answer.status, 200)
      const given = answer.headers['x-request-id']
      assert.ok(typeof given === 'string' && /^[\w.-]{1,64}$/.test(given), String(given))
    })
  }

  test('is made for each request that has none, and is never the same twice', async () => {
    const answers = await Promise.all(
      [
        '/healthz',
        '/nope',
        '/accounts/1001/balance',
        '/accounts/1001/deposit',
        '/accounts/4711/transactions',
      ].map((path) => client.get(path)),
    )
    const ids = answers.map((answer) => answer.headers['x-request-id'])
    assert.ok(
      ids.every((id) => typeof id === 'string' && id !== ''),
      JSON.stringify(ids),
    )
    assert.equal(new Set(ids).size, ids.length)
  })
})
