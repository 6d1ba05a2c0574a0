import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Client, serviceForSuite } from '../support/client.ts'
import { historyOf } from '../support/history.ts'
import { assertRefused, assertReplayOf, assertReplays } from '../support/replays.ts'
import { ask, expectStatus, moveCash, openAccount, textIn, type Told, transfer } from '../support/requests.ts'

async function lastRow(client: Client, account: string): Promise<readonly string[]> {
  const last = (await historyOf(client, account)).at(-1)
  assert.ok(last)
  return [last.ts, last.type, last.amount, last.balance]
}

describe('a transfer', () => {
  const atm = serviceForSuite()

  test('moves money between two accounts, and is shown in the histories of both', async () => {
    const body = { from: '1001', to: '1002', amount: '100.25', reference: 'rent for May' }
    const told = expectStatus(await ask(atm.client, 'POST', '/transfers', body), 200)
    const { transaction_id: id, ts, ...rest } = told.body
    assert.match(String(id), /^[1-9]\d*$/)
    assert.deepEqual(rest, { ...body, balance: '399.75' })
    assert.deepEqual(await lastRow(atm.client, '1001'), [ts, 'transfer_out', '100.25', '399.75'])
    assert.deepEqual(await lastRow(atm.client, '1002'), [ts, 'transfer_in', '100.25', '1351.00'])
  })

  test('without a reference answers null for it', async () => {
    const told = expectStatus(await transfer(atm.client, { from: '1002', to: '1001', cents: 1n }), 200)
    assert.equal(told.body['reference'], null)
  })

  test('of all there is leaves 0.00, and then not a cent can be sent', async () => {
    await openAccount(atm.client, 'spent', 500n)
    const all = { from: 'spent', to: '1001', cents: 500n }
    assert.equal(textIn(expectStatus(await transfer(atm.client, all), 200), 'balance'), '0.00')
    const before = await atm.client.balance('1001')
    assertRefused(await transfer(atm.client, { ...all, cents: 1n }), 400, 'insufficient_funds')
    assert.equal(await atm.client.balance('1001'), before)
    assert.equal((await historyOf(atm.client, 'spent')).length, 2)
  })

  test('that the receiver cannot hold moves nothing on either side', async () => {
    await openAccount(atm.client, 'full', 9_223_372_036_854_775_807n)
    const before = await atm.client.balance('1001')
    const told = await transfer(atm.client, { from: '1001', to: 'full', cents: 1n })
    assertRefused(told, 400, 'balance_limit_exceeded')
    assert.equal(await atm.client.balance('1001'), before)
  })

  test('to or from an account that does not exist is 404', async () => {
    for (const [from, to] of [
      ['1001', '4711'],
      ['4711', '1001'],
      ['4711', '4712'],
      ['1001', ''],
      ['1001', 'a\u0000b'],
      ['1001', '\ud800'],
      ['\udfff', '1002'],
      ['1001', '1002 '],
    ] as const) {
      assertRefused(await transfer(atm.client, { from, to, cents: 1n }), 404, 'account_not_found')
    }
  })

  test('to itself is 422, whether the account exists or not', async () => {
    for (const account of ['1001', '4711'])
      assertRefused(
        await transfer(atm.client, { from: account, to: account, cents: 1n }),
        422,
        'same_account',
      )
  })

  const whole = { from: '1001', to: '1002', amount: '1.00' }
  const refused: readonly (readonly [body: object, code: string])[] = [
    [{ to: '1002', amount: '1.00' }, 'invalid_account_number'],
    [{ from: '1001', amount: '1.00' }, 'invalid_account_number'],
    [{ ...whole, from: 1001 }, 'invalid_account_number'],
    [{ ...whole, to: null }, 'invalid_account_number'],
    [{ from: '1001', to: '1002' }, 'invalid_amount'],
    ...['0', '-1', '0.004', null, true, [], {}, '$1', '92233720368547758.08'].map(
      (amount) => [{ ...whole, amount }, 'invalid_amount'] as const,
    ),
    [{ ...whole, from: '4711', amount: '0' }, 'invalid_amount'],
  ]

  for (const [body, code] of refused) {
    test(`of ${JSON.stringify(body)} is 422`, async () => {
      assertRefused(await ask(atm.client, 'POST', '/transfers', body), 422, code)
    })
  }
})

describe('a transfer sent again with its key', () => {
  const atm = serviceForSuite()

  test('answers the same and moves nothing more, whatever came after it', async () => {
    const send = (): Promise<Told> =>
      transfer(atm.client, { from: '1001', to: '1002', cents: 100n, reference: 'once' }, 'once')
    const first = expectStatus(await assertReplays(send), 200)
    expectStatus(await moveCash(atm.client, 'deposit', '1001', 5n), 200)
    assertReplayOf(await send(), first)
    assert.equal(await atm.client.balance('1002'), 125_175n)
  })

  test('stays declined, also when there is money by then', async () => {
    const send = (): Promise<Told> => transfer(atm.client, { from: '9999', to: '1002', cents: 100n }, 'poor')
    const declined = await assertReplays(send)
    assertRefused(declined, 400, 'insufficient_funds')
    expectStatus(await moveCash(atm.client, 'deposit', '9999', 100n), 200)
    assertReplayOf(await send(), declined)
  })

  test('is another request with any other part', async () => {
    const part = { from: '1001', to: '1002', cents: 100n }
    expectStatus(await transfer(atm.client, part, 'part'), 200)
    for (const other of [
      { ...part, cents: 101n },
      { ...part, to: '9999' },
      { ...part, from: '9999' },
      { from: part.to, to: part.from, cents: part.cents },
      { ...part, reference: 'words' },
    ])
      assertRefused(await transfer(atm.client, other, 'part'), 422, 'idempotency_key_reused')
    assertRefused(
      await ask(atm.client, 'POST', '/accounts/1001/deposit', { amount: '1.00' }, 'part'),
      422,
      'idempotency_key_reused',
    )
  })

  test('finds its key free when it was refused', async () => {
    assertRefused(
      await transfer(atm.client, { from: '1001', to: '4711', cents: 1n }, 'free'),
      404,
      'account_not_found',
    )
    assertRefused(
      await transfer(atm.client, { from: '1001', to: '1001', cents: 1n }, 'free'),
      422,
      'same_account',
    )
    assert.ok(
      !expectStatus(await transfer(atm.client, { from: '1001', to: '1002', cents: 1n }, 'free'), 200)
        .replayed,
    )
  })
})
