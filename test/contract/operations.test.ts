import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { centsOf, errorIn, moneyOf, objectIn, serviceForSuite } from '../support/client.ts'

describe('a deposit', () => {
  const atm = serviceForSuite()

  test('answers the account and its new balance, and nothing else', async () => {
    const answer = await atm.client.operate('deposit', '1001', '"10.50"')
    assert.equal(answer.status, 200)
    assert.deepEqual(objectIn(answer), { account_number: '1001', balance: '510.50' })
    assert.equal(answer.headers['idempotency-replayed'], undefined)
    assert.equal(await atm.client.balance('1001'), centsOf('510.50'))
  })

  test('to an account that does not exist is 404', async () => {
    const answer = await atm.client.operate('deposit', '4711', '"10.50"')
    assert.equal(answer.status, 404)
    assert.equal(errorIn(answer), 'account not found')
  })

  test('touches no other account', async () => {
    await atm.client.operate('deposit', '9999', '"3.33"')
    assert.equal(await atm.client.balance('1002'), centsOf('1250.75'))
  })
})

describe('a withdrawal', () => {
  const atm = serviceForSuite()

  test('answers the account and its new balance, and nothing else', async () => {
    const answer = await atm.client.operate('withdraw', '1002', '"0.75"')
    assert.equal(answer.status, 200)
    assert.deepEqual(objectIn(answer), { account_number: '1002', balance: '1250.00' })
    assert.equal(await atm.client.balance('1002'), centsOf('1250.00'))
  })

  test('of one cent more than there is is declined and moves nothing', async () => {
    const before = await atm.client.balance('1001')
    const answer = await atm.client.operate('withdraw', '1001', `"${moneyOf(before + 1n)}"`)
    assert.equal(answer.status, 400)
    assert.equal(errorIn(answer), 'insufficient funds')
    assert.equal(await atm.client.balance('1001'), before)
  })

  test('of all there is leaves 0.00, and then not a cent can be had', async () => {
    const all = moneyOf(await atm.client.balance('1001'))
    const emptied = await atm.client.operate('withdraw', '1001', `"${all}"`)
    assert.deepEqual(objectIn(emptied), { account_number: '1001', balance: '0.00' })
    const declined = await atm.client.operate('withdraw', '1001', '"0.01"')
    assert.equal(declined.status, 400)
    assert.equal(errorIn(declined), 'insufficient funds')
  })

  test('from an account that does not exist is 404', async () => {
    const answer = await atm.client.operate('withdraw', '4711', '"10.50"')
    assert.equal(answer.status, 404)
    assert.equal(errorIn(answer), 'account not found')
  })

  test('of the largest amount is declined like any other that is not covered', async () => {
    const answer = await atm.client.operate('withdraw', '9999', '"92233720368547758.07"')
    assert.equal(answer.status, 400)
    assert.equal(errorIn(answer), 'insufficient funds')
  })
})
