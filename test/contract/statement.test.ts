import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { errorIn, serviceForSuite } from '../support/client.ts'
import { inParallel } from '../support/load.ts'
import {
  ask,
  captureHold,
  expectStatus,
  listIn,
  moveCash,
  openAccount,
  placeHold,
  reverse,
  textIn,
  transfer,
} from '../support/requests.ts'
import { assertFollows, statementOf } from '../support/told-statement.ts'

describe('a statement', () => {
  const atm = serviceForSuite()

  /** Every kind of transaction there is. */
  before(async () => {
    const { client } = atm
    await openAccount(client, 'all-kinds', 10_000n)
    const note = { amount: '1.00', reference: 'first, "and" last' }
    await ask(client, 'POST', '/accounts/all-kinds/deposit', note)
    await moveCash(client, 'withdraw', 'all-kinds', 200n)
    const out = await transfer(client, { from: 'all-kinds', to: '1002', cents: 300n, reference: 'rent' })
    const back = await transfer(client, { from: '1001', to: 'all-kinds', cents: 400n })
    await captureHold(client, await placeHold(client, 'all-kinds', 500n), 450n)
    await reverse(client, { transaction_id: textIn(out, 'transaction_id') }, 100n)
    await reverse(client, { transaction_id: textIn(back, 'transaction_id') }, 50n)
  })

  test('tells all that moved money, with the balance after it, the totals and both balances', async () => {
    const statement = await statementOf(atm.client, 'all-kinds')
    assert.deepEqual(Object.keys(statement.body), [
      'account_number',
      'from',
      'to',
      'opening_balance',
      'lines',
      'total_in',
      'total_out',
      'closing_balance',
    ])
    const { lines, ...rest } = statement.body
    assert.deepEqual(rest, {
      account_number: 'all-kinds',
      from: null,
      to: null,
      opening_balance: '0.00',
      total_in: '106.00',
      total_out: '10.00',
      closing_balance: '96.00',
    })
    assert.ok(Array.isArray(lines))
    assertFollows(statement)
    const shown = listIn(statement, 'lines')
    assert.deepEqual(
      shown.map(({ body }) => [body['type'], body['amount'], body['counterparty'], body['reference']]),
      [
        ['deposit', '100.00', null, null],
        ['deposit', '1.00', null, 'first, "and" last'],
        ['withdraw', '2.00', null, null],
        ['transfer_out', '3.00', '1002', 'rent'],
        ['transfer_in', '4.00', '1001', null],
        ['capture', '4.50', null, null],
        ['reversal_in', '1.00', '1002', null],
        ['reversal_out', '0.50', '1001', null],
      ],
    )
    for (const { body } of shown) {
      assert.deepEqual(Object.keys(body), [
        'id',
        'ts',
        'type',
        'amount',
        'balance',
        'counterparty',
        'reference',
        'reverses',
        'hold_id',
      ])
    }
    assert.equal(shown[6]?.body['reverses'], shown[3]?.body['id'])
    assert.equal(typeof shown[5]?.body['hold_id'], 'string')
  })

  test('is streamed', async () => {
    const { headers } = await atm.client.get('/accounts/all-kinds/statement')
    assert.equal(headers['content-length'], undefined)
  })

  test('of an account with no transaction begins and ends with its balance', async () => {
    for (const query of ['', '?from=1999-01-01&to=2001-01-01', '?from=9999-01-01', '?to=2001-01-01']) {
      const statement = await statementOf(atm.client, '9999', query)
      assert.deepEqual(statement.body['lines'], [])
      assertFollows(statement)
      assert.equal(statement.body['closing_balance'], '0.00')
    }
  })

  test('of an account that was opened with a balance begins with it', async () => {
    await moveCash(atm.client, 'deposit', '1002', 1n)
    for (const query of ['', '?from=1999-01-01', '?to=9999-12-31']) {
      const statement = await statementOf(atm.client, '1002', query)
      assert.equal(statement.body['opening_balance'], '1250.75')
      assertFollows(statement)
    }
    const early = await statementOf(atm.client, '1002', '?to=2001-01-01')
    assert.deepEqual(early.body['lines'], [])
    assert.equal(early.body['closing_balance'], '1250.75')
  })

  test('of a period long past or still to come has no line', async () => {
    const past = await statementOf(atm.client, 'all-kinds', '?from=1980-01-01&to=1980-12-31')
    const future = await statementOf(atm.client, 'all-kinds', '?from=9998-01-01&to=9998-12-31')
    for (const [statement, balance] of [
      [past, '0.00'],
      [future, '96.00'],
    ] as const) {
      assert.deepEqual(statement.body['lines'], [])
      assert.equal(statement.body['opening_balance'], balance)
      assertFollows(statement)
    }
  })

  test('of any period agrees with the balances at its ends', async () => {
    const { client } = atm
    await openAccount(client, 'periods', 5_000n)
    for (let cents = 1n; cents <= 25n; cents += 1n) {
      await moveCash(client, cents % 3n === 0n ? 'withdraw' : 'deposit', 'periods', cents)
    }
    const whole = listIn(await statementOf(client, 'periods'), 'lines')
    const balanceAt = async (atMs: number): Promise<unknown> => {
      const at = new Date(atMs).toISOString()
      return (await ask(client, 'GET', `/accounts/periods/balance?at=${at}`)).body['balance']
    }
    for (const [index, line] of whole.entries()) {
      const atMs = Date.parse(textIn(line, 'ts'))
      for (const fromMs of [atMs, atMs + 1]) {
        const toMs = Math.max(fromMs, Date.parse(textIn(whole[index + 3] ?? line, 'ts')))
        const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()]
        const statement = await statementOf(client, 'periods', `?from=${from}&to=${to}`)
        assertFollows(statement)
        assert.deepEqual([statement.body['from'], statement.body['to']], [from, to])
        assert.equal(statement.body['opening_balance'], await balanceAt(fromMs - 1))
        assert.equal(statement.body['closing_balance'], await balanceAt(toMs))
        const within = whole.filter((each) => {
          const ts = Date.parse(textIn(each, 'ts'))
          return ts >= fromMs && ts <= toMs
        })
        assert.deepEqual(listIn(statement, 'lines'), within)
      }
    }
  })

  test('agrees with itself while others post', async () => {
    const { client } = atm
    await openAccount(client, 'busy', 1_000n)
    const writes = inParallel(Array.from({ length: 600 }), 16, async () => {
      expectStatus(await moveCash(client, 'deposit', 'busy', 1n), 200)
    })
    const reads = async (): Promise<void> => {
      let latest = 0
      for (let time = 0; time < 20; time += 1) {
        const statement = await statementOf(client, 'busy')
        assertFollows(statement)
        const count = listIn(statement, 'lines').length
        assert.ok(count >= latest)
        latest = count
      }
    }
    await Promise.all([writes, reads(), reads()])
    const statement = await statementOf(client, 'busy')
    assert.equal(listIn(statement, 'lines').length, 601)
    assert.equal(statement.body['closing_balance'], '16.00')
  })

  test('names each counterparty, however many there are', async () => {
    const { client } = atm
    await openAccount(client, 'popular', 0n)
    const payers = Array.from({ length: 120 }, (_, index) => `payer-${index}`)
    await inParallel(payers, 8, async (payer) => {
      await openAccount(client, payer, 100n)
      expectStatus(await transfer(client, { from: payer, to: 'popular', cents: 1n, reference: payer }), 200)
    })
    const lines = listIn(await statementOf(client, 'popular'), 'lines')
    assert.equal(lines.length, payers.length)
    for (const line of lines) assert.equal(line.body['counterparty'], line.body['reference'])
  })

  test('of an account that does not exist is 404', async () => {
    const answer = await atm.client.get('/accounts/4711/statement')
    assert.equal(answer.status, 404)
    assert.equal(errorIn(answer), 'account not found')
  })

  for (const query of ['from=', 'to=now', 'from=2026-02-30', 'from=2026-11-23&to=2026-11-22', 'to=1&to=2']) {
    test(`of the period ${query} is 422, also of an account that does not exist`, async () => {
      for (const account of ['1001', '4711']) {
        const answer = await atm.client.get(`/accounts/${account}/statement?${query}`)
        assert.equal(answer.status, 422, answer.text)
        errorIn(answer)
      }
    })
  }
})
