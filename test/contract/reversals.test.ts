import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Client, serviceForSuite } from '../support/client.ts'
import { historyOf } from '../support/history.ts'
import { assertRefused, assertReplayOf, assertReplays, assertSameAnswer } from '../support/replays.ts'
import {
  ask,
  captureHold,
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
} from '../support/requests.ts'

/** A new account of 10.00 and, done with it, one transaction: its id, and what a reversal of 4.00 of it looks like. */
interface Case {
  readonly make: (client: Client, number: string) => Promise<string>
  readonly seen: 'reversal_in' | 'reversal_out'
  readonly from: 'itself' | '1001'
  readonly counterparty: null | 'itself'
  /** What the account has after the whole reversal of 4.00. */
  readonly balance: bigint
}

async function idOfLast(client: Client, number: string): Promise<string> {
  const told = expectStatus(await ask(client, 'GET', `/accounts/${number}/statement`), 200)
  const lines = told.body['lines']
  assert.ok(Array.isArray(lines))
  const last: unknown = lines.at(-1)
  assert.ok(typeof last === 'object' && last !== null && 'id' in last && typeof last.id === 'string')
  return last.id
}

const cases: Readonly<Record<string, Case>> = {
  'a deposit': {
    make: async (client, number) => {
      expectStatus(await moveCash(client, 'deposit', number, 400n), 200)
      return idOfLast(client, number)
    },
    seen: 'reversal_out',
    from: 'itself',
    counterparty: null,
    balance: 1_000n,
  },
  'a withdrawal': {
    make: async (client, number) => {
      expectStatus(await moveCash(client, 'withdraw', number, 400n), 200)
      return idOfLast(client, number)
    },
    seen: 'reversal_in',
    from: 'itself',
    counterparty: null,
    balance: 1_000n,
  },
  'a transfer': {
    make: async (client, number) =>
      textIn(
        expectStatus(await transfer(client, { from: number, to: '1001', cents: 400n }), 200),
        'transaction_id',
      ),
    seen: 'reversal_out',
    from: '1001',
    counterparty: 'itself',
    balance: 1_000n,
  },
  'a capture': {
    make: async (client, number) => {
      const id = await placeHold(client, number, 500n)
      return textIn(expectStatus(await captureHold(client, id, 400n), 200), 'transaction_id')
    },
    seen: 'reversal_in',
    from: 'itself',
    counterparty: null,
    balance: 1_000n,
  },
}

let opened = 0

function newAccount(client: Client): Promise<string> {
  return openAccount(client, `reversed-${(opened += 1)}`, 1_000n)
}

function transactionIn(told: Told): Record<string, unknown> {
  return innerOf(expectStatus(told, 200), 'transaction').body
}

describe('a reversal', () => {
  const atm = serviceForSuite()

  for (const [name, { make, seen, from, counterparty, balance }] of Object.entries(cases)) {
    test(`gives back the whole of ${name}, and tells how`, async () => {
      const number = await newAccount(atm.client)
      const original = await make(atm.client, number)
      const body = { transaction_id: original, reason: 'by mistake' }
      const told = expectStatus(await ask(atm.client, 'POST', '/reversals', body), 200)
      assert.deepEqual(Object.keys(told.body), ['status', 'transaction'])
      assert.equal(textIn(told, 'status'), 'reversed')
      const { id, ts, ...transaction } = transactionIn(told)
      assert.ok(typeof id === 'string' && typeof ts === 'string')
      assert.deepEqual(transaction, {
        type: seen,
        amount: '4.00',
        account_number: from === 'itself' ? number : from,
        counterparty: counterparty === 'itself' ? number : null,
        reference: 'by mistake',
        reversed: '0.00',
        reverses: original,
        hold_id: null,
      })
      assert.equal(await atm.client.balance(number), balance)
      const row = (await historyOf(atm.client, number)).at(-1)
      assert.deepEqual(row, {
        ts,
        type: seen === 'reversal_out' && from === 'itself' ? 'reversal_out' : 'reversal_in',
        amount: '4.00',
        balance: '10.00',
      })
    })

    test(`gives back ${name} in parts, never more than it moved`, async () => {
      const number = await newAccount(atm.client)
      const original = { transaction_id: await make(atm.client, number) }
      const reversed = async (): Promise<string> =>
        textIn(await ask(atm.client, 'GET', `/transactions/${original.transaction_id}`), 'reversed')
      assertRefused(await reverse(atm.client, original, 401n), 400, 'reversal_exceeds_transaction')
      assert.equal(transactionIn(await reverse(atm.client, original, 150n))['amount'], '1.50')
      assertRefused(await reverse(atm.client, original, 251n), 400, 'reversal_exceeds_transaction')
      assert.equal(await reversed(), '1.50')
      assert.equal(transactionIn(await reverse(atm.client, original))['amount'], '2.50')
      assert.equal(await reversed(), '4.00')
      assertRefused(await reverse(atm.client, original, 1n), 400, 'reversal_exceeds_transaction')
      assert.equal(await atm.client.balance(number), balance)
    })
  }

  test('that is repeated answers the same and moves nothing, with a key or without', async () => {
    const number = await newAccount(atm.client)
    const transactionId = await cases['a deposit']?.make(atm.client, number)
    assert.ok(transactionId)
    const first = expectStatus(await reverse(atm.client, { transaction_id: transactionId }), 200)
    assert.ok(!first.replayed)
    const again = (key?: string): Promise<Told> =>
      reverse(atm.client, { transaction_id: transactionId }, undefined, key)
    assertSameAnswer(await again(), first)
    assertSameAnswer(await again('fresh'), first)
    assertReplayOf(await again('fresh'), first)
    assert.equal(await atm.client.balance(number), 1_000n)
  })

  test('by id takes the id as a number too', async () => {
    const number = await newAccount(atm.client)
    const id = Number(await cases['a deposit']?.make(atm.client, number))
    expectStatus(await ask(atm.client, 'POST', '/reversals', { transaction_id: id }), 200)
    assert.equal(await atm.client.balance(number), 1_000n)
  })

  test('of a reversal, or of what an account came with, is declined', async () => {
    const number = await newAccount(atm.client)
    const transactionId = await cases['a deposit']?.make(atm.client, number)
    assert.ok(transactionId)
    const { id } = transactionIn(await reverse(atm.client, { transaction_id: transactionId }))
    assertRefused(await reverse(atm.client, { transaction_id: String(id) }), 400, 'not_reversible')
    const opening = expectStatus(await ask(atm.client, 'GET', '/transactions/1'), 200)
    assert.equal(textIn(opening, 'type'), 'opening')
    assertRefused(await reverse(atm.client, { transaction_id: '1' }), 400, 'not_reversible')
  })

  test('of money that is no longer there is declined, and held money is not there', async () => {
    for (const spend of [
      (number: string) => moveCash(atm.client, 'withdraw', number, 1_001n),
      (number: string) => placeHold(atm.client, number, 1_001n),
    ]) {
      const number = await newAccount(atm.client)
      const transactionId = await cases['a deposit']?.make(atm.client, number)
      assert.ok(transactionId)
      await spend(number)
      const before = await atm.client.balance(number)
      assertRefused(await reverse(atm.client, { transaction_id: transactionId }), 400, 'insufficient_funds')
      assert.equal(await atm.client.balance(number), before)
      expectStatus(await reverse(atm.client, { transaction_id: transactionId }, 399n), 200)
    }
  })

  for (const id of ['999999', '0', '-1', '01', 'x', '', '9'.repeat(16), '9'.repeat(40), -1, 999_999]) {
    test(`of a transaction called ${JSON.stringify(id).slice(0, 20)} is 404`, async () => {
      const told = await ask(atm.client, 'POST', '/reversals', { transaction_id: id })
      assertRefused(told, 404, 'transaction_not_found')
    })
  }

  const refused: readonly (readonly [body: object, code: string])[] = [
    [{}, 'invalid_original'],
    [{ amount: '1.00' }, 'invalid_original'],
    [{ transaction_id: '1', idempotency_key: 'k' }, 'invalid_original'],
    [{ transaction_id: null }, 'invalid_original'],
    [{ transaction_id: 1.5 }, 'invalid_original'],
    [{ transaction_id: true }, 'invalid_original'],
    [{ idempotency_key: '' }, 'invalid_original'],
    [{ idempotency_key: 'a b' }, 'invalid_original'],
    [{ idempotency_key: 'k'.repeat(256) }, 'invalid_original'],
    ...[null, '0', '-1', 'x'].map((amount) => [{ transaction_id: '1', amount }, 'invalid_amount'] as const),
    ...[null, 5, 'a\nb', 'a'.repeat(141)].map(
      (reason) => [{ transaction_id: '1', reason }, 'invalid_reference'] as const,
    ),
  ]

  for (const [body, code] of refused) {
    test(`of ${JSON.stringify(body).slice(0, 60)} is 422`, async () => {
      assertRefused(await ask(atm.client, 'POST', '/reversals', body), 422, code)
    })
  }
})

describe('a reversal by the key of a request', () => {
  const atm = serviceForSuite()
  const depositBy = (key: string): Promise<Told> =>
    ask(atm.client, 'POST', '/accounts/1001/deposit', { amount: '5.00' }, key)

  test('that has arrived gives it back, and leaves its answer as it was', async () => {
    const before = await atm.client.balance('1001')
    const deposited = expectStatus(await depositBy('arrived'), 200)
    const told = expectStatus(await reverse(atm.client, { idempotency_key: 'arrived' }), 200)
    assert.equal(textIn(told, 'status'), 'reversed')
    assert.equal(await atm.client.balance('1001'), before)
    assertReplayOf(await depositBy('arrived'), deposited)
    assert.equal(await atm.client.balance('1001'), before)
    assertSameAnswer(await reverse(atm.client, { idempotency_key: 'arrived' }), told)
  })

  test('that never arrived closes the key, so that it is declined when it comes', async () => {
    const before = await atm.client.balance('1001')
    const told = expectStatus(await reverse(atm.client, { idempotency_key: 'late' }), 200)
    assert.deepEqual(Object.keys(told.body), ['status', 'key_closed_until'])
    assert.equal(textIn(told, 'status'), 'key_closed')
    assert.ok(Math.abs(Date.parse(textIn(told, 'key_closed_until')) - Date.now() - 600_000) < 60_000)
    assert.ok(!told.replayed)
    for (let time = 0; time < 2; time += 1)
      assertRefused(await depositBy('late'), 400, 'idempotency_key_closed')
    assertRefused(
      await transfer(atm.client, { from: '1001', to: '1002', cents: 1n }, 'late'),
      400,
      'idempotency_key_closed',
    )
    assert.equal(await atm.client.balance('1001'), before)
    assertSameAnswer(await reverse(atm.client, { idempotency_key: 'late' }), told)
  })

  test('that was declined closes the key too', async () => {
    const withdraw = (): Promise<Told> =>
      ask(atm.client, 'POST', '/accounts/9999/withdraw', { amount: '1.00' }, 'declined')
    assertRefused(await withdraw(), 400, 'insufficient_funds')
    const told = expectStatus(await reverse(atm.client, { idempotency_key: 'declined' }), 200)
    assert.equal(textIn(told, 'status'), 'key_closed')
    assertRefused(await withdraw(), 400, 'idempotency_key_closed')
  })

  test('that placed a hold frees it, once, and answers the same when it is repeated', async () => {
    const hold = (key: string): Promise<Told> =>
      ask(atm.client, 'POST', '/accounts/1001/holds', { amount: '1.00' }, key)
    const placed = expectStatus(await hold('held'), 201)
    const freed = expectStatus(await reverse(atm.client, { idempotency_key: 'held' }), 200)
    assert.equal(textIn(freed, 'status'), 'released')
    assert.equal(textIn(innerOf(freed, 'hold'), 'id'), textIn(placed, 'id'))
    assert.equal(textIn(innerOf(freed, 'hold'), 'status'), 'released')
    assert.equal(textIn(await ask(atm.client, 'GET', '/accounts/1001'), 'held'), '0.00')
    assertSameAnswer(await reverse(atm.client, { idempotency_key: 'held' }), freed)
    assertReplayOf(await hold('held'), placed)

    const captured = textIn(expectStatus(await hold('captured'), 201), 'id')
    expectStatus(await captureHold(atm.client, captured), 200)
    assertRefused(await reverse(atm.client, { idempotency_key: 'captured' }), 400, 'hold_captured')
    expectStatus(await hold('in-part'), 201)
    const part = { idempotency_key: 'in-part', amount: '0.50' }
    assertRefused(await reverse(atm.client, part), 400, 'not_reversible')
    expectStatus(await reverse(atm.client, { idempotency_key: 'late-hold' }), 200)
    assertRefused(await hold('late-hold'), 400, 'idempotency_key_closed')
  })

  test('that moved no money is declined', async () => {
    const requests = [
      (key: string) => ask(atm.client, 'PATCH', '/accounts/1001', { status: 'open' }, key),
      (key: string) => ask(atm.client, 'POST', '/accounts', { name: 'Ada' }, key),
    ]
    for (const [index, request] of requests.entries()) {
      assert.ok((await request(`moveless-${index}`)).status < 300)
      assertRefused(
        await reverse(atm.client, { idempotency_key: `moveless-${index}` }),
        400,
        'not_reversible',
      )
    }
  })

  test('gives back a transfer and a capture like any other', async () => {
    const before = await atm.client.balance('1002')
    expectStatus(await transfer(atm.client, { from: '1002', to: '1001', cents: 10n }, 'by-transfer'), 200)
    const id = await placeHold(atm.client, '1002', 10n)
    expectStatus(await ask(atm.client, 'POST', `/holds/${id}/capture`, {}, 'by-capture'), 200)
    for (const key of ['by-transfer', 'by-capture'])
      expectStatus(await reverse(atm.client, { idempotency_key: key }), 200)
    assert.equal(await atm.client.balance('1002'), before)
  })

  test('cannot be sent with that very key', async () => {
    assertRefused(
      await reverse(atm.client, { idempotency_key: 'itself' }, undefined, 'itself'),
      422,
      'idempotency_key_reused',
    )
    expectStatus(await depositBy('itself'), 200)
  })
})

describe('a reversal sent again with its key', () => {
  const atm = serviceForSuite()

  test('answers the same and moves nothing more, also where it was of a part', async () => {
    expectStatus(await ask(atm.client, 'POST', '/accounts/1001/deposit', { amount: '5.00' }, 'deposit'), 200)
    const part = (): Promise<Told> => reverse(atm.client, { idempotency_key: 'deposit' }, 200n, 'part')
    expectStatus(await assertReplays(part), 200)
    assert.equal(await atm.client.balance('1001'), 50_300n)
    const rest = (): Promise<Told> => reverse(atm.client, { idempotency_key: 'deposit' }, undefined, 'rest')
    expectStatus(await assertReplays(rest), 200)
    assert.equal(await atm.client.balance('1001'), 50_000n)
    assertRefused(
      await reverse(atm.client, { idempotency_key: 'deposit' }, 1n, 'part'),
      422,
      'idempotency_key_reused',
    )
  })

  test('answers once more that a key was closed', async () => {
    const closed = await assertReplays(() =>
      reverse(atm.client, { idempotency_key: 'never' }, undefined, 'closing'),
    )
    assert.equal(textIn(closed, 'status'), 'key_closed')
  })

  test('stays declined', async () => {
    const declined = await assertReplays(() =>
      reverse(atm.client, { transaction_id: '1' }, undefined, 'much'),
    )
    assertRefused(declined, 400, 'not_reversible')
  })
})

describe('a reversal and the status of accounts', () => {
  const atm = serviceForSuite()

  test('takes nothing from a frozen account, and gives to it', async () => {
    const paid = expectStatus(await transfer(atm.client, { from: '1001', to: '1002', cents: 100n }), 200)
    const back = expectStatus(await transfer(atm.client, { from: '1002', to: '1001', cents: 50n }), 200)
    expectStatus(await changeAccount(atm.client, '1002', { status: 'frozen' }), 200)
    assertRefused(
      await reverse(atm.client, { transaction_id: textIn(paid, 'transaction_id') }),
      400,
      'account_frozen',
    )
    expectStatus(await reverse(atm.client, { transaction_id: textIn(back, 'transaction_id') }), 200)
    expectStatus(await changeAccount(atm.client, '1002', { status: 'open' }), 200)
    expectStatus(await reverse(atm.client, { transaction_id: textIn(paid, 'transaction_id') }), 200)
    assert.equal(await atm.client.balance('1002'), 125_075n)
  })
})
