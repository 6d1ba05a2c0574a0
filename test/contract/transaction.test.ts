import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { errorIn, serviceForSuite } from '../support/client.ts'
import {
  ask,
  captureHold,
  expectStatus,
  innerOf,
  listIn,
  openAccount,
  placeHold,
  reverse,
  textIn,
  type Told,
  transfer,
} from '../support/requests.ts'

/** Without what cannot be known before. */
function known({ id, ts, ...rest }: Record<string, unknown>): Record<string, unknown> {
  assert.ok(typeof id === 'string' && /^[1-9]\d*$/.test(id))
  assert.ok(typeof ts === 'string' && new Date(ts).toISOString() === ts)
  return rest
}

describe('a transaction', () => {
  const atm = serviceForSuite()

  const transaction = (id: string): Promise<Told> => ask(atm.client, 'GET', `/transactions/${id}`)

  /** The latest transaction of the account. */
  async function latestOf(account: string): Promise<Record<string, unknown>> {
    const statement = await ask(atm.client, 'GET', `/accounts/${account}/statement`)
    const id = textIn(listIn(statement, 'lines').at(-1) ?? assert.fail('no line'), 'id')
    return expectStatus(await transaction(id), 200).body
  }

  const nothing = { counterparty: null, reference: null, reverses: null, hold_id: null, reversed: '0.00' }

  test('of cash is seen from the customer', async () => {
    const body = { amount: '1.00', reference: 'Grüße, "quoted"' }
    expectStatus(await ask(atm.client, 'POST', '/accounts/1001/deposit', body), 200)
    assert.deepEqual(known(await latestOf('1001')), {
      ...nothing,
      type: 'deposit',
      amount: '1.00',
      account_number: '1001',
      reference: 'Grüße, "quoted"',
    })
    expectStatus(await ask(atm.client, 'POST', '/accounts/1001/withdraw', { amount: '2.00' }), 200)
    assert.deepEqual(known(await latestOf('1001')), {
      ...nothing,
      type: 'withdraw',
      amount: '2.00',
      account_number: '1001',
    })
  })

  test('between customers is seen from the one who paid', async () => {
    const moved = await transfer(atm.client, { from: '1002', to: '1001', cents: 300n, reference: 'rent' })
    const told = await transaction(textIn(moved, 'transaction_id'))
    assert.deepEqual(known(told.body), {
      ...nothing,
      type: 'transfer_out',
      amount: '3.00',
      account_number: '1002',
      counterparty: '1001',
      reference: 'rent',
    })
  })

  test('that captured a hold names it', async () => {
    const hold = await placeHold(atm.client, '1002', 500n)
    const captured = await captureHold(atm.client, hold, 200n)
    const told = await transaction(textIn(captured, 'transaction_id'))
    assert.deepEqual(known(told.body), {
      ...nothing,
      type: 'capture',
      amount: '2.00',
      account_number: '1002',
      hold_id: hold,
    })
  })

  test('tells how much of it was given back, and its reversals name it', async () => {
    await openAccount(atm.client, 'payer', 1_000n)
    await openAccount(atm.client, 'payee', 0n)
    const moved = await transfer(atm.client, { from: 'payer', to: 'payee', cents: 1_000n })
    const id = textIn(moved, 'transaction_id')
    for (const [cents, reversed] of [
      [300n, '3.00'],
      [600n, '9.00'],
      [undefined, '10.00'],
    ] as const) {
      const told = await reverse(atm.client, { transaction_id: id }, cents)
      assert.equal(textIn(await transaction(id), 'reversed'), reversed)
      const reversal = await transaction(textIn(innerOf(told, 'transaction'), 'id'))
      const amount = textIn(reversal, 'amount')
      assert.deepEqual(known(reversal.body), {
        ...nothing,
        type: 'reversal_out',
        amount,
        account_number: 'payee',
        counterparty: 'payer',
        reverses: id,
      })
    }
  })

  for (const id of [
    '0',
    '-1',
    '999999',
    '01',
    '1.0',
    '1e1',
    'abc',
    '%201',
    '9007199254740993',
    '9'.repeat(400),
  ]) {
    test(`of the id ${id.slice(0, 20)} does not exist`, async () => {
      const answer = await atm.client.get(`/transactions/${id}`)
      assert.equal(answer.status, 404)
      assert.equal(errorIn(answer), 'transaction not found')
    })
  }
})
