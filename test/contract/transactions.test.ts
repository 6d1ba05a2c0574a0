import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { balanceIn, errorIn, objectIn, serviceForSuite } from '../support/client.ts'
import { assertRunningBalances, historyOf } from '../support/history.ts'
import { inParallel } from '../support/load.ts'

describe('the transactions', () => {
  const atm = serviceForSuite()

  test('of a new account are none, its opening balance included', async () => {
    const answer = await atm.client.get('/accounts/1001/transactions')
    assert.equal(answer.status, 200)
    assert.deepEqual(objectIn(answer), { account_number: '1001', transactions: [] })
    assert.equal(answer.headers['link'], undefined)
  })

  test('tell each operation with its amount and the balance after it, oldest first', async () => {
    const begin = new Date().toISOString()
    balanceIn(await atm.client.operate('deposit', '1001', '"10.005"'))
    balanceIn(await atm.client.operate('withdraw', '1001', '510'))
    balanceIn(await atm.client.operate('deposit', '1001', '"1e2"'))
    const rows = await historyOf(atm.client, '1001')
    assert.deepEqual(
      rows.map(({ type, amount, balance }) => [type, amount, balance]),
      [
        ['deposit', '10.01', '510.01'],
        ['withdraw', '510.00', '0.01'],
        ['deposit', '100.00', '100.01'],
      ],
    )
    let previous = begin
    for (const { ts } of rows) {
      assert.match(ts, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)
      assert.ok(Date.parse(ts) >= Date.parse(previous) && Date.parse(ts) <= Date.now(), ts)
      previous = ts
    }
  })

  test('do not tell what was declined, refused or replayed', async () => {
    balanceIn(await atm.client.operate('deposit', '1002', '"1.00"', 'history'))
    balanceIn(await atm.client.operate('deposit', '1002', '"1.00"', 'history'))
    assert.equal((await atm.client.operate('deposit', '1002', '"2.00"', 'history')).status, 422)
    assert.equal((await atm.client.operate('deposit', '1002', '"0"')).status, 422)
    assert.equal((await atm.client.operate('withdraw', '1002', '"9999999"')).status, 400)
    const rows = await historyOf(atm.client, '1002')
    assert.deepEqual(
      rows.map(({ type, amount, balance }) => [type, amount, balance]),
      [['deposit', '1.00', '1251.75']],
    )
  })

  test('of an account that does not exist are 404, with a limit or without', async () => {
    for (const path of ['/accounts/4711/transactions', '/accounts/4711/transactions?limit=5']) {
      const answer = await atm.client.get(path)
      assert.equal(answer.status, 404)
      assert.equal(errorIn(answer), 'account not found')
    }
  })

  test('are all answered, however many, and each balance follows from the one before', async () => {
    const amounts = Array.from({ length: 3_000 }, (_, index) => index + 1)
    await inParallel(amounts, 32, async (cents) => {
      balanceIn(await atm.client.operate('deposit', '9999', `"${cents}e-2"`))
    })
    const answer = await atm.client.get('/accounts/9999/transactions')
    assert.equal(answer.headers['content-length'], undefined, 'the answer is streamed')
    assert.deepEqual(Object.keys(objectIn(answer)), ['account_number', 'transactions'])
    const rows = await historyOf(atm.client, '9999')
    assert.equal(rows.length, 3_000)
    assertRunningBalances(0n, rows)
  })

  test('are all answered whatever else the query says', async () => {
    const answer = await atm.client.get('/accounts/1001/transactions?foo=bar')
    assert.equal(answer.status, 200)
    assert.deepEqual(objectIn(answer), objectIn(await atm.client.get('/accounts/1001/transactions')))
  })

  test('can be read by many at once while others write', async () => {
    const reads = inParallel(Array.from({ length: 40 }), 8, async () => {
      assertRunningBalances(0n, await historyOf(atm.client, '9999'))
    })
    const writes = inParallel(Array.from({ length: 400 }), 8, async () => {
      balanceIn(await atm.client.operate('withdraw', '9999', '"0.01"'))
    })
    await Promise.all([reads, writes])
    assert.equal((await historyOf(atm.client, '9999')).length, 3_400)
  })
})
