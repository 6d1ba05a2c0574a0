import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Client, errorIn, serviceForSuite } from '../support/client.ts'
import { assertRefused } from '../support/replays.ts'
import {
  ask,
  captureHold,
  centsIn,
  changeAccount,
  expectStatus,
  innerOf,
  moveCash,
  openAccount,
  placeHold,
  reverse,
  textIn,
  type Told,
  transfer,
  tryToHold,
} from '../support/requests.ts'
import { type Service, startService } from '../support/service.ts'

async function openWith(client: Client, number: string, limits: object): Promise<string> {
  await openAccount(client, number, 100_000n)
  expectStatus(await changeAccount(client, number, { limits }), 200)
  return number
}

async function limitsOf(client: Client, number: string): Promise<Record<string, unknown>> {
  return innerOf(expectStatus(await ask(client, 'GET', `/accounts/${number}`), 200), 'limits').body
}

describe('an overdraft', () => {
  const atm = serviceForSuite()

  test('is there for withdrawals, transfers and holds, to its last cent', async () => {
    await openAccount(atm.client, 'owing', 100n)
    expectStatus(await changeAccount(atm.client, 'owing', { limits: { overdraft: '10.00' } }), 200)
    assert.equal(textIn(await moveCash(atm.client, 'withdraw', 'owing', 600n), 'balance'), '-5.00')
    const sent = await transfer(atm.client, { from: 'owing', to: '1001', cents: 200n })
    assert.equal(textIn(sent, 'balance'), '-7.00')
    const id = await placeHold(atm.client, 'owing', 300n)
    const account = await ask(atm.client, 'GET', '/accounts/owing')
    const { balance, held, available } = account.body
    assert.deepEqual([balance, held, available], ['-7.00', '3.00', '0.00'])
    assertRefused(await moveCash(atm.client, 'withdraw', 'owing', 1n), 400, 'insufficient_funds')
    assertRefused(
      await transfer(atm.client, { from: 'owing', to: '1001', cents: 1n }),
      400,
      'insufficient_funds',
    )
    assertRefused(await tryToHold(atm.client, 'owing', 1n), 400, 'insufficient_funds')
    expectStatus(await captureHold(atm.client, id), 200)
    assert.equal(textIn(await ask(atm.client, 'GET', '/accounts/owing/balance'), 'balance'), '-10.00')
  })

  test('that is lowered below what is owed lets nothing more out, and all in', async () => {
    await openAccount(atm.client, 'lowered', 0n)
    expectStatus(await changeAccount(atm.client, 'lowered', { limits: { overdraft: '10.00' } }), 200)
    expectStatus(await moveCash(atm.client, 'withdraw', 'lowered', 1_000n), 200)
    const lowered = expectStatus(
      await changeAccount(atm.client, 'lowered', { limits: { overdraft: 0 } }),
      200,
    )
    assert.equal(textIn(lowered, 'available'), '-10.00')
    assertRefused(await moveCash(atm.client, 'withdraw', 'lowered', 1n), 400, 'insufficient_funds')
    assert.equal(textIn(await moveCash(atm.client, 'deposit', 'lowered', 400n), 'balance'), '-6.00')
  })
})

describe('the limit on one withdrawal', () => {
  const atm = serviceForSuite()

  test('lets out what it says and not a cent more, by withdrawals alone', async () => {
    await openWith(atm.client, 'one', { withdrawal: '50.00' })
    expectStatus(await moveCash(atm.client, 'withdraw', 'one', 5_000n), 200)
    assertRefused(await moveCash(atm.client, 'withdraw', 'one', 5_001n), 400, 'withdrawal_limit_exceeded')
    expectStatus(await transfer(atm.client, { from: 'one', to: '1001', cents: 5_001n }), 200)
    expectStatus(await captureHold(atm.client, await placeHold(atm.client, 'one', 5_001n)), 200)
  })

  test('of 0.00 lets out nothing', async () => {
    await openWith(atm.client, 'none', { withdrawal: '0.00' })
    assertRefused(await moveCash(atm.client, 'withdraw', 'none', 1n), 400, 'withdrawal_limit_exceeded')
  })

  test('is told before a balance that does not suffice', async () => {
    await openWith(atm.client, 'both', { withdrawal: '5.00' })
    assertRefused(await moveCash(atm.client, 'withdraw', 'both', 900_000n), 400, 'withdrawal_limit_exceeded')
  })
})

/** A zone in which it is about noon now, so that no day ends while the tests run. */
function zoneAtNoon(): string {
  const hours = new Date().getUTCHours() - 12
  return hours === 0 ? 'UTC' : `Etc/GMT${hours > 0 ? '+' : ''}${hours}`
}

/** Starts a service with these settings for all tests of the suite. */
function serviceWith(env: NodeJS.ProcessEnv): () => Client {
  let running: { readonly client: Client; readonly service: Service } | undefined
  before(async () => {
    const service = await startService(undefined, env)
    running = { service, client: new Client(service.url) }
  })
  after(async () => {
    running?.client.close()
    await running?.service.stop()
  })
  return () => {
    assert.ok(running, 'the service is used before it was started')
    return running.client
  }
}

describe('the daily limits', () => {
  const client = serviceWith({ ATM_TIME_ZONE: zoneAtNoon() })
  const withdraw = (number: string, cents: bigint, key?: string): Promise<Told> =>
    ask(client(), 'POST', `/accounts/${number}/withdraw`, { amount: `${cents}e-2` }, key)
  const giveBack = async (key: string, cents?: bigint): Promise<void> => {
    expectStatus(await reverse(client(), { idempotency_key: key }, cents), 200)
  }

  test('by amount let out what they say on one day, and not a cent more', async () => {
    await openWith(client(), 'amount', { daily_amount: '10.00' })
    expectStatus(await withdraw('amount', 700n), 200)
    assertRefused(await withdraw('amount', 301n), 400, 'daily_amount_limit_exceeded')
    expectStatus(await withdraw('amount', 300n), 200)
    assertRefused(await withdraw('amount', 1n), 400, 'daily_amount_limit_exceeded')
    expectStatus(await transfer(client(), { from: 'amount', to: '1001', cents: 1n }), 200)
  })

  test('by amount are given back by what is reversed of a withdrawal', async () => {
    await openWith(client(), 'room', { daily_amount: '10.00' })
    expectStatus(await withdraw('room', 1_000n, 'room'), 200)
    await giveBack('room', 400n)
    assertRefused(await withdraw('room', 401n), 400, 'daily_amount_limit_exceeded')
    expectStatus(await withdraw('room', 400n), 200)
    await giveBack('room')
    expectStatus(await withdraw('room', 600n), 200)
    assertRefused(await withdraw('room', 1n), 400, 'daily_amount_limit_exceeded')
  })

  test('by count let out so many withdrawals, and get one back when it is reversed as a whole', async () => {
    await openWith(client(), 'count', { daily_count: 2 })
    expectStatus(await withdraw('count', 100n, 'count-1'), 200)
    expectStatus(await withdraw('count', 100n, 'count-2'), 200)
    assertRefused(await withdraw('count', 1n), 400, 'daily_count_limit_exceeded')
    await giveBack('count-1', 99n)
    assertRefused(await withdraw('count', 1n), 400, 'daily_count_limit_exceeded')
    await giveBack('count-1')
    expectStatus(await withdraw('count', 1n), 200)
    assertRefused(await withdraw('count', 1n), 400, 'daily_count_limit_exceeded')
  })

  test('count what was withdrawn before they were set, and nothing that was declined', async () => {
    await openAccount(client(), 'before', 1_000n)
    expectStatus(await withdraw('before', 600n), 200)
    expectStatus(
      await changeAccount(client(), 'before', { limits: { daily_amount: '10.00', daily_count: 2 } }),
      200,
    )
    assertRefused(await withdraw('before', 401n), 400, 'daily_amount_limit_exceeded')
    expectStatus(await withdraw('before', 400n), 200)
    assertRefused(await withdraw('before', 1n), 400, 'daily_amount_limit_exceeded')
  })
})

describe('the limits of a deployment', () => {
  const client = serviceWith({
    ATM_OVERDRAFT_LIMIT: '10.00',
    ATM_WITHDRAWAL_LIMIT: '50.00',
    ATM_DAILY_WITHDRAWAL_LIMIT: '80.00',
    ATM_DAILY_WITHDRAWAL_COUNT: '3',
    ATM_TIME_ZONE: zoneAtNoon(),
  })
  const ofDeployment = { overdraft: '10.00', withdrawal: '50.00', daily_amount: '80.00', daily_count: 3 }

  test('hold for accounts that have none of their own', async () => {
    await openAccount(client(), 'plain', 0n)
    assert.deepEqual(await limitsOf(client(), 'plain'), ofDeployment)
    assertRefused(await moveCash(client(), 'withdraw', 'plain', 5_001n), 400, 'withdrawal_limit_exceeded')
    assertRefused(await moveCash(client(), 'withdraw', 'plain', 1_001n), 400, 'insufficient_funds')
    expectStatus(await moveCash(client(), 'withdraw', 'plain', 1_000n), 200)
  })

  test('give way to those of an account, one by one, until these are taken back', async () => {
    await openAccount(client(), 'own', 100_000n)
    const set = async (limits: object): Promise<Record<string, unknown>> =>
      innerOf(expectStatus(await changeAccount(client(), 'own', { limits }), 200), 'limits').body
    assert.deepEqual(await set({ withdrawal: '500.00', daily_amount: 1e3 }), {
      ...ofDeployment,
      withdrawal: '500.00',
      daily_amount: '1000.00',
    })
    expectStatus(await moveCash(client(), 'withdraw', 'own', 50_000n), 200)
    assert.deepEqual(await set({ overdraft: '0', daily_count: 1, withdrawal: null, daily_amount: null }), {
      ...ofDeployment,
      overdraft: '0.00',
      daily_count: 1,
    })
    assertRefused(await moveCash(client(), 'withdraw', 'own', 5_001n), 400, 'withdrawal_limit_exceeded')
    assert.deepEqual(await set({ overdraft: null, daily_count: null }), ofDeployment)
    assert.equal(centsIn(await ask(client(), 'GET', '/accounts/own'), 'available'), 51_000n)
  })
})

describe('a limit', () => {
  const atm = serviceForSuite()
  const largest = '92233720368547758.07'

  test('may be as large as any amount', async () => {
    await openAccount(atm.client, 'large', 0n)
    const limits = { overdraft: largest, withdrawal: largest, daily_amount: largest, daily_count: 1_000_000 }
    expectStatus(await changeAccount(atm.client, 'large', { limits }), 200)
    assert.deepEqual(await limitsOf(atm.client, 'large'), limits)
    assert.equal(textIn(await ask(atm.client, 'GET', '/accounts/large'), 'available'), largest)
  })

  for (const limit of ['overdraft', 'withdrawal', 'daily_amount']) {
    for (const value of ['-0.01', 'x', '', true, [], {}, '92233720368547758.08', 1e30]) {
      test(`of ${JSON.stringify(value)} as ${limit} is 422`, async () => {
        const told = await changeAccount(atm.client, '1001', { limits: { [limit]: value } })
        assertRefused(told, 422, 'invalid_limits')
      })
    }
  }

  for (const value of [-1, 1.5, '3', true, 1_000_001, 1e30]) {
    test(`of ${JSON.stringify(value)} as daily_count is 422`, async () => {
      const told = await changeAccount(atm.client, '1001', { limits: { daily_count: value } })
      assertRefused(told, 422, 'invalid_limits')
    })
  }

  test('that is wrong is named', async () => {
    const answer = await atm.client.send('PATCH', '/accounts/1001', {
      body: '{"limits":{"daily_amount":"x"}}',
    })
    assert.match(errorIn(answer), /^daily_amount must be a decimal number/)
  })
})
