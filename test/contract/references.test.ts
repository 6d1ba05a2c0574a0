import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Client, isRecord, serviceForSuite } from '../support/client.ts'
import { assertRefused } from '../support/replays.ts'
import {
  ask,
  captureHold,
  expectStatus,
  innerOf,
  listIn,
  placeHold,
  reverse,
  textIn,
  type Told,
} from '../support/requests.ts'
import { startService } from '../support/service.ts'

/** Where a reference may be sent, each for 1.00 of account 1002. */
const places = {
  'a deposit': { path: '/accounts/1002/deposit', body: { amount: '1.00' } },
  'a withdrawal': { path: '/accounts/1002/withdraw', body: { amount: '1.00' } },
  'a transfer': { path: '/transfers', body: { from: '1002', to: '1001', amount: '1.00' } },
  'a hold': { path: '/accounts/1002/holds', body: { amount: '1.00' } },
} as const

const good = [
  'rent for May',
  'a'.repeat(140),
  '😀'.repeat(140),
  '',
  ' spaces stay ',
  '=SUM(A1)',
  '"quoted", \'too\'',
  '<script>',
  'Grüße, 李小龍',
  'null',
]

const bad = [
  'a'.repeat(141),
  '😀'.repeat(141),
  'a\nb',
  'a\u0000',
  'a\u001b[31m',
  'a\u007f',
  'a\u0085',
  '\ud800',
  5,
  null,
  [],
  {},
]

async function lastLine(client: Client): Promise<Pick<Told, 'body' | 'text'>> {
  const last = listIn(await ask(client, 'GET', '/accounts/1002/statement'), 'lines').at(-1)
  assert.ok(last)
  return last
}

describe('a reference', () => {
  const atm = serviceForSuite()

  for (const [name, { path, body }] of Object.entries(places)) {
    test(`of ${name} is kept and shown as it came`, async () => {
      for (const reference of good) {
        const told = await ask(atm.client, 'POST', path, { ...body, reference })
        assert.ok(told.status < 300, told.text)
        const shown =
          name === 'a hold'
            ? await ask(atm.client, 'GET', `/holds/${textIn(told, 'id')}`)
            : await lastLine(atm.client)
        assert.equal(textIn(shown, 'reference'), reference)
      }
    })

    test(`of ${name} that is too long, has control characters or is no text is 422, and nothing happens`, async () => {
      const before = (await ask(atm.client, 'GET', '/accounts/1002')).text
      for (const reference of bad)
        assertRefused(await ask(atm.client, 'POST', path, { ...body, reference }), 422, 'invalid_reference')
      assert.equal((await ask(atm.client, 'GET', '/accounts/1002')).text, before)
    })

    test(`of ${name} is part of what a key stands for`, async () => {
      const key = `part-${path}`
      const first = await ask(atm.client, 'POST', path, { ...body, reference: 'one' }, key)
      const again = await ask(atm.client, 'POST', path, { ...body, reference: 'one' }, key)
      assert.ok(again.replayed)
      assert.deepEqual([again.status, again.text], [first.status, first.text])
      for (const other of [{ ...body, reference: 'two' }, body])
        assertRefused(await ask(atm.client, 'POST', path, other, key), 422, 'idempotency_key_reused')
    })
  }

  test('of a hold is that of its capture', async () => {
    const held = await ask(atm.client, 'POST', '/accounts/1002/holds', { amount: '1.00', reference: 'hotel' })
    expectStatus(await captureHold(atm.client, textIn(held, 'id')), 200)
    assert.equal(textIn(await lastLine(atm.client), 'reference'), 'hotel')
  })

  test('of a reversal is the reason for it', async () => {
    const deposit = { amount: '1.00', reference: 'wages' }
    expectStatus(await ask(atm.client, 'POST', '/accounts/1002/deposit', deposit, 'wages'), 200)
    for (const [reason, shown] of [
      ['charged twice', 'charged twice'],
      [undefined, null],
    ] as const) {
      const body = { idempotency_key: 'wages', amount: '0.50', ...(reason !== undefined && { reason }) }
      const told = expectStatus(await ask(atm.client, 'POST', '/reversals', body), 200)
      assert.equal(innerOf(told, 'transaction').body['reference'], shown)
    }
  })

  test('does not change the answer to a deposit', async () => {
    const told = await ask(atm.client, 'POST', '/accounts/1001/deposit', { amount: '1.00', reference: 'x' })
    assert.deepEqual(Object.keys(told.body), ['account_number', 'balance'])
  })
})

describe('the log of commands', () => {
  test('tells who, what and how much, and no words of customers', async () => {
    const service = await startService()
    const client = new Client(service.url)
    const secret = 'Zaphod'
    const words = { reference: secret }
    const opened = await ask(
      client,
      'POST',
      '/accounts',
      { account_number: 'new', name: secret, opening_deposit: '9.00' },
      'k-open',
    )
    const sent = await ask(
      client,
      'POST',
      '/transfers',
      { from: 'new', to: '1001', amount: '2.00', ...words },
      'k-send',
    )
    expectStatus(await ask(client, 'POST', '/accounts/new/deposit', { amount: '1.00', ...words }), 200)
    await ask(client, 'POST', '/accounts/new/holds', { amount: '99.00', ...words })
    const held = await ask(client, 'POST', '/accounts/new/holds', { amount: '3.00', ...words })
    const captured = expectStatus(await captureHold(client, textIn(held, 'id'), 100n), 200)
    const released = await placeHold(client, 'new', 1n)
    expectStatus(await ask(client, 'POST', `/holds/${released}/release`), 200)
    const original = { transaction_id: textIn(sent, 'transaction_id') }
    const reversed = await ask(client, 'POST', '/reversals', { ...original, amount: '0.50', reason: secret })
    expectStatus(await reverse(client, { idempotency_key: 'k-never' }), 200)
    expectStatus(await ask(client, 'PATCH', '/accounts/new', { status: 'frozen' }), 200)
    client.close()
    await service.stop()

    assert.equal(opened.status, 201)
    assert.ok(service.lines.every((line) => !line.includes(secret)))
    const entries = service.lines
      .map((line): unknown => JSON.parse(line))
      .filter(isRecord)
      .filter((entry) => entry['operation'] !== undefined)
      .map((entry) => {
        const {
          time: _time,
          level: _level,
          requestId: _id,
          durationMs: _ms,
          route: _route,
          method: _method,
          ...told
        } = entry
        return told
      })
    const done = { replayed: false, status: 200 }
    const inNew = { account: 'new', ...done }
    assert.deepEqual(entries, [
      { ...inNew, operation: 'open', idempotencyKey: 'k-open', balance: '9.00', status: 201 },
      {
        ...inNew,
        operation: 'transfer',
        to: '1001',
        amount: '2.00',
        idempotencyKey: 'k-send',
        transaction: original.transaction_id,
        balance: '7.00',
      },
      {
        ...inNew,
        operation: 'deposit',
        amount: '1.00',
        balance: '8.00',
        transaction: entries[2]?.['transaction'],
      },
      { ...inNew, operation: 'hold', amount: '99.00', reason: 'insufficient_funds', status: 400 },
      { ...inNew, operation: 'hold', hold: textIn(held, 'id'), amount: '3.00', status: 201 },
      {
        ...inNew,
        operation: 'capture',
        hold: textIn(held, 'id'),
        amount: '1.00',
        transaction: textIn(captured, 'transaction_id'),
        balance: '7.00',
      },
      { ...inNew, operation: 'hold', hold: released, amount: '0.01', status: 201 },
      { ...inNew, operation: 'release', hold: released, amount: '0.01' },
      {
        ...done,
        operation: 'reverse',
        original: original.transaction_id,
        amount: '0.50',
        transaction: innerOf(reversed, 'transaction').body['id'],
      },
      { ...done, operation: 'reverse', original: 'k-never' },
      { ...inNew, operation: 'change', balance: '7.50' },
    ])
  })
})
