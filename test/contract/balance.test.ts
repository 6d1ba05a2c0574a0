import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { errorIn, objectIn, serviceForSuite } from '../support/client.ts'

const unknownAccounts = [
  '4711',
  '0',
  '1',
  '01001',
  '1001%20',
  '%201001',
  'abc',
  'cash',
  'CASH',
  '-1001',
  '%EF%BC%91001',
  '1001%2C',
]

describe('the balance', () => {
  const atm = serviceForSuite()

  for (const [account, balance] of [
    ['1001', '500.00'],
    ['1002', '1250.75'],
    ['9999', '0.00'],
  ] as const) {
    test(`of ${account} is ${balance} in a new store`, async () => {
      const answer = await atm.client.get(`/accounts/${account}/balance`)
      assert.equal(answer.status, 200)
      assert.deepEqual(objectIn(answer), { account_number: account, balance })
    })
  }

  for (const account of unknownAccounts) {
    test(`of ${account} is not to be had: there is no such account`, async () => {
      const answer = await atm.client.get(`/accounts/${account}/balance`)
      assert.equal(answer.status, 404)
      assert.equal(errorIn(answer), 'account not found')
    })
  }

  test('ignores what the query says', async () => {
    const answer = await atm.client.get('/accounts/1001/balance?currency=EUR&limit=abc')
    assert.deepEqual(objectIn(answer), { account_number: '1001', balance: '500.00' })
  })
})
