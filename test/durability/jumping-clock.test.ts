import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { balanceIn, Client, errorIn, isRecord, objectIn } from '../support/client.ts'
import { assertVerified } from '../support/exactly-once.ts'
import { fakeTime, skipWithoutFakeTime } from '../support/fake-time.ts'
import { assertUnavailable } from '../support/faults.ts'
import { placeHold, tryToHold } from '../support/requests.ts'
import { run, startService, temporaryFolder } from '../support/service.ts'

const TEN_YEARS = '+3652d'

async function datesOf(client: Client, account: string): Promise<readonly number[]> {
  const { transactions } = objectIn(await client.get(`/accounts/${account}/transactions`))
  assert.ok(Array.isArray(transactions))
  return transactions.map((each: unknown) => Date.parse(isRecord(each) ? String(each['ts']) : ''))
}

describe('a clock that jumps', { skip: skipWithoutFakeTime, timeout: 60_000 }, () => {
  for (const offset of [TEN_YEARS, '-1h']) {
    test(`by ${offset} dates nothing, and the service goes on when it is right again`, async (t) => {
      const time = await fakeTime(t)
      const store = `sqlite:${join(await temporaryFolder(t), 'atm.db')}`
      const service = await startService(['--store', store], time.env)
      t.after(() => service.stop())
      const client = new Client(service.url)
      t.after(async () => client.close())
      const deposit = (key: string) => client.operate('deposit', '9999', '"1.00"', key)
      assert.equal(balanceIn(await deposit('a')), '1.00')

      await time.set(offset)
      assertUnavailable(await deposit('b'))
      assert.equal((await tryToHold(client, '1001', 100n)).status, 503)
      assert.equal((await client.get('/accounts/1001')).status, 503)
      const health = await client.get('/healthz')
      assert.equal(health.status, 503)
      assert.match(errorIn(health), /the clock of this machine was set .* (?:ahead|back)/)
      const { status, headers } = await client.send('HEAD', '/healthz')
      assert.deepEqual([status, headers['retry-after']], [503, '1'])
      assert.equal(
        logged(service.lines, 'commands are refused until the clock of this machine is right').length,
        1,
      )

      await time.set('+0')
      assert.equal(balanceIn(await deposit('b')), '2.00')
      assert.equal((await client.get('/healthz')).status, 200)
      assert.equal(logged(service.lines, 'the clock of this machine is right again').length, 1)
      for (const atMs of await datesOf(client, '9999')) assert.ok(Math.abs(atMs - Date.now()) < 60_000)
      await assertVerified(store)
    })
  }

  test('before the start is found at the next one, and redate dates back what was posted', async (t) => {
    const time = await fakeTime(t)
    const store = `sqlite:${join(await temporaryFolder(t), 'atm.db')}`
    const limits = ['--store', store, '--daily-withdrawal-count', '2']
    await use(limits, {}, async (client) => {
      balanceIn(await client.operate('withdraw', '1001', '"1.00"', 'before'))
    })
    await time.set(TEN_YEARS)
    await use(limits, time.env, async (client) => {
      balanceIn(await client.operate('withdraw', '1001', '"1.00"', 'ahead'))
      await placeHold(client, '1001', 100n)
    })

    const verified = await run('src/verify.ts', ['--store', store])
    assert.equal(verified.code, 1)
    assert.match(verified.stdout, /the books end at 2\d{3}-.*, 365\d days from now/)
    const refused = await run('src/main.ts', ['--port', '0', ...limits])
    assert.equal(refused.code, 1)
    assert.match(
      refused.stderr,
      /^the books end at .*365\d days from now; .*redate.*--accept-future-books yes\n$/,
    )
    await use([...limits, '--accept-future-books', 'yes'], {}, async (client) => {
      assert.equal((await client.get('/accounts/1001/balance')).status, 200)
    })

    const redated = await run('src/redate.ts', ['--store', store])
    assert.equal(redated.code, 0, redated.stderr)
    assert.match(redated.stdout, /1 postings, 1 holds, 0 openings of accounts, 1 idempotency records/)
    await assertVerified(store)
    await use(limits, {}, async (client) => {
      for (const atMs of await datesOf(client, '1001')) assert.ok(Math.abs(atMs - Date.now()) < 60_000)
      const third = await client.operate('withdraw', '1001', '"1.00"')
      assert.equal(errorIn(third), 'daily number of withdrawals exceeded')
      const now = new Date().toISOString()
      assert.equal(balanceIn(await client.get(`/accounts/1001/balance?at=${now}`)), '498.00')
    })
    assert.match((await run('src/redate.ts', ['--store', store])).stdout, /^nothing is dated later than now/)
  })
})

/** Starts the service for as long as it is used. */
async function use(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  work: (client: Client) => Promise<void>,
): Promise<void> {
  const service = await startService(args, env)
  const client = new Client(service.url)
  try {
    await work(client)
  } finally {
    client.close()
    await service.stop()
  }
}

function logged(lines: readonly string[], message: string): readonly string[] {
  return lines.filter((line) => line.includes(message))
}
