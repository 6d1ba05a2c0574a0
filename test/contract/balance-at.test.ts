import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Answer, Client, errorIn, objectIn, serviceForSuite } from '../support/client.ts'
import { ask, centsIn, expectStatus, listIn, moveCash, openAccount, textIn } from '../support/requests.ts'
import { type Service, startService } from '../support/service.ts'

function balanceAt(client: Client, account: string, at: string): Promise<Answer> {
  return client.get(`/accounts/${account}/balance?at=${encodeURIComponent(at)}`)
}

describe('the balance at a moment', () => {
  const atm = serviceForSuite()

  test('tells the moment beside the two members of the current balance', async () => {
    const answer = await balanceAt(atm.client, '1001', '2026-11-22T09:30:00.123+01:00')
    assert.deepEqual(objectIn(answer), {
      account_number: '1001',
      balance: '500.00',
      at: '2026-11-22T08:30:00.123Z',
    })
  })

  test('before the first transaction is the balance that it found', async () => {
    await moveCash(atm.client, 'withdraw', '1002', 75n)
    const early = objectIn(await balanceAt(atm.client, '1002', '1999-12-31'))
    assert.equal(early['balance'], '1250.75')
  })

  test('of an account with no transaction is its balance, at any moment', async () => {
    for (const at of ['1970-01-01', '2026-11-22', '9999-12-31']) {
      assert.equal(objectIn(await balanceAt(atm.client, '9999', at))['balance'], '0.00')
    }
  })

  test('before an account was opened with a deposit is 0.00', async () => {
    await openAccount(atm.client, 'late', 500n)
    assert.equal(objectIn(await balanceAt(atm.client, 'late', '2000-01-01'))['balance'], '0.00')
    assert.equal(objectIn(await balanceAt(atm.client, 'late', '9999-12-31'))['balance'], '5.00')
  })

  test('counts what is dated at that very moment, and nothing after it', async () => {
    await openAccount(atm.client, 'exact', 1_000n)
    for (let cents = 1n; cents <= 20n; cents += 1n) await moveCash(atm.client, 'deposit', 'exact', cents)
    const statement = await ask(atm.client, 'GET', '/accounts/exact/statement')
    const known = listIn(statement, 'lines').map((line) => ({
      atMs: Date.parse(textIn(line, 'ts')),
      balance: centsIn(line, 'balance'),
    }))
    assert.equal(known.length, 21)
    for (const { atMs } of known) {
      for (const moment of [atMs - 1, atMs, atMs + 1]) {
        const at = new Date(moment).toISOString()
        const expected = known.findLast((line) => line.atMs <= moment)?.balance ?? 0n
        const told = await ask(atm.client, 'GET', `/accounts/exact/balance?at=${at}`)
        assert.equal(centsIn(told, 'balance'), expected, at)
        assert.equal(textIn(told, 'at'), at)
      }
    }
  })

  test('of an account that does not exist is 404', async () => {
    const answer = await balanceAt(atm.client, '4711', '2026-11-22')
    assert.equal(answer.status, 404)
    assert.equal(errorIn(answer), 'account not found')
  })
})

const goodMoments = [
  ['2026-11-22', '2026-11-22T23:59:59.999Z'],
  ['2024-02-29', '2024-02-29T23:59:59.999Z'],
  ['2000-02-29', '2000-02-29T23:59:59.999Z'],
  ['1970-01-01', '1970-01-01T23:59:59.999Z'],
  ['9999-12-31', '9999-12-31T23:59:59.999Z'],
  ['2026-11-22T09:30:00Z', '2026-11-22T09:30:00.000Z'],
  ['2026-11-22t09:30:00z', '2026-11-22T09:30:00.000Z'],
  ['2026-11-22T09:30:00.5Z', '2026-11-22T09:30:00.500Z'],
  ['2026-11-22T09:30:00.123999999Z', '2026-11-22T09:30:00.123Z'],
  ['2026-11-22T00:30:00+01:00', '2026-11-21T23:30:00.000Z'],
  ['2026-11-22T00:30:00 01:00', '2026-11-21T23:30:00.000Z'],
  ['2026-11-22T23:30:00-05:45', '2026-11-23T05:15:00.000Z'],
  ['2026-11-22T09:30:00-00:00', '2026-11-22T09:30:00.000Z'],
  ['1970-01-01T00:00:00+23:59', '1970-01-01T00:00:00.000Z'],
  ['9999-12-31T23:59:59-23:59', '9999-12-31T23:59:59.999Z'],
] as const

const badMoments = [
  '',
  ' ',
  'now',
  'yesterday',
  '0',
  '1795339800000',
  '2026',
  '2026-11',
  '2026-11-22T',
  '2026-11-22T09:30',
  '2026-11-22T09:30Z',
  '2026-11-22T09:30:00',
  '2026-11-22 09:30:00Z',
  '2026-11-22T09:30:00.Z',
  '2026-11-22T09:30:00,5Z',
  '2026-11-22T09:30:00+01',
  '2026-11-22T09:30:00+0100',
  '2026-11-22T09:30:00+24:00',
  '2026-11-22T09:30:00+01:60',
  '2026-11-22T09:30:00ZZ',
  '2026-11-22T24:00:00Z',
  '2026-11-22T09:60:00Z',
  '2026-11-22T09:30:60Z',
  '2026-02-29',
  '1900-02-29',
  '2100-02-29',
  '2026-11-31',
  '2026-00-10',
  '2026-13-10',
  '2026-11-00',
  '2026-1-2',
  '20261122',
  '22.11.2026',
  '11/22/2026',
  '-2026-11-22',
  '+002026-11-22',
  '1969-12-31',
  '10000-01-01',
  '0000-01-01',
  '2026-11-22\n',
  ' 2026-11-22',
  '\uff12026-11-22',
  `2026-11-22T09:30:00.${'1'.repeat(2_000)}Z`,
]

describe('a moment', () => {
  const atm = serviceForSuite()

  for (const [text, at] of goodMoments) {
    test(`such as ${text} is ${at}`, async () => {
      const answer = await balanceAt(atm.client, '1001', text)
      assert.equal(objectIn(answer)['at'], at, answer.text)
    })
  }

  test('may have its plus sign in the query as it is', async () => {
    const answer = await atm.client.get('/accounts/1001/balance?at=2026-11-22T00:30:00+01:00')
    assert.equal(objectIn(answer)['at'], '2026-11-21T23:30:00.000Z')
  })

  for (const text of badMoments) {
    test(`such as ${JSON.stringify(text.slice(0, 40))} is 422`, async () => {
      const answer = await balanceAt(atm.client, '1001', text)
      assert.equal(answer.status, 422, answer.text)
      assert.match(errorIn(answer), /^at must be a day such as 2026-11-22, or a time by RFC 3339/)
    })
  }

  test('that is given twice is 422', async () => {
    const answer = await atm.client.get('/accounts/1001/balance?at=2026-11-22&at=2026-11-22')
    assert.equal(answer.status, 422)
    errorIn(answer)
  })

  test('that is bad is 422 also for an account that does not exist', async () => {
    assert.equal((await balanceAt(atm.client, '4711', 'now')).status, 422)
  })
})

describe('a day of a bank in Zurich', () => {
  let running: { readonly client: Client; readonly service: Service } | undefined
  before(async () => {
    const service = await startService(undefined, { ATM_TIME_ZONE: 'Europe/Zurich' })
    running = { service, client: new Client(service.url) }
  })
  after(async () => {
    running?.client.close()
    await running?.service.stop()
  })

  for (const { day, name, from, to } of [
    {
      day: '2026-01-15',
      name: 'in winter',
      from: '2026-01-14T23:00:00.000Z',
      to: '2026-01-15T22:59:59.999Z',
    },
    {
      day: '2026-07-15',
      name: 'in summer',
      from: '2026-07-14T22:00:00.000Z',
      to: '2026-07-15T21:59:59.999Z',
    },
    {
      day: '2026-03-29',
      name: 'of 23 hours',
      from: '2026-03-28T23:00:00.000Z',
      to: '2026-03-29T21:59:59.999Z',
    },
    {
      day: '2026-10-25',
      name: 'of 25 hours',
      from: '2026-10-24T22:00:00.000Z',
      to: '2026-10-25T22:59:59.999Z',
    },
    {
      day: '1970-01-01',
      name: 'that is the first',
      from: '1970-01-01T00:00:00.000Z',
      to: '1970-01-01T22:59:59.999Z',
    },
    {
      day: '9999-12-31',
      name: 'that is the last',
      from: '9999-12-30T23:00:00.000Z',
      to: '9999-12-31T22:59:59.999Z',
    },
  ]) {
    test(`${name} begins and ends by its clocks`, async () => {
      assert.ok(running)
      const { client } = running
      const path = `/accounts/1001/statement?from=${day}&to=${day}`
      const statement = expectStatus(await ask(client, 'GET', path), 200)
      assert.deepEqual([statement.body['from'], statement.body['to']], [from, to])
      assert.equal(objectIn(await balanceAt(client, '1001', day))['at'], to)
    })
  }

  test('does not move a time that has its offset', async () => {
    assert.ok(running)
    const answer = await balanceAt(running.client, '1001', '2026-03-29T02:30:00Z')
    assert.equal(objectIn(answer)['at'], '2026-03-29T02:30:00.000Z')
  })
})
