import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { balanceIn, centsOf, errorIn, moneyOf, serviceForSuite } from '../support/client.ts'

const largest = '92233720368547758.07'

const tooLarge = [
  '"92233720368547758.08"',
  '"92233720368547758.075"',
  '92233720368547759',
  '"92233720368547759"',
  '"184467440737095516.16"',
  '1e30',
  '"1e30"',
  '1e17',
  '1e308',
  '1e309',
  '"1e309"',
  '"1e999999999"',
  '1e999999999',
  '"1e99999999999999999999"',
  '"99999999999999999999"',
  `"${'9'.repeat(10_000)}"`,
  '9'.repeat(10_000),
  `"1${'0'.repeat(30)}e-1"`,
]

describe('an amount beyond a signed 64-bit count of cents is 422', () => {
  const atm = serviceForSuite()

  for (const json of tooLarge) {
    for (const kind of ['deposit', 'withdraw'] as const) {
      test(`${json.slice(0, 40)} by a ${kind}`, async () => {
        const answer = await atm.client.operate(kind, '9999', json)
        assert.equal(answer.status, 422, answer.text)
        errorIn(answer)
      })
    }
  }

  test('and is refused without delay, however large its exponent', async () => {
    const begin = performance.now()
    for (const json of ['"1e999999999"', '"1e-999999999"', `"${'9'.repeat(16_000)}"`]) {
      assert.equal((await atm.client.operate('deposit', '9999', json)).status, 422)
    }
    assert.ok(performance.now() - begin < 1_000)
  })
})

describe('the largest balance', () => {
  const atm = serviceForSuite()

  test('is reached by the largest amount, also when that is rounded to it', async () => {
    for (const amount of [largest, `${largest}4`]) {
      assert.equal(balanceIn(await atm.client.operate('deposit', '9999', `"${amount}"`)), largest)
      assert.equal(balanceIn(await atm.client.operate('withdraw', '9999', `"${amount}"`)), '0.00')
    }
  })

  test('is never passed: the deposit is declined and moves nothing', async () => {
    balanceIn(await atm.client.operate('deposit', '9999', `"${largest}"`))
    for (const amount of ['0.01', '1.00', largest]) {
      const answer = await atm.client.operate('deposit', '9999', `"${amount}"`)
      assert.equal(answer.status, 400, answer.text)
      assert.equal(errorIn(answer), 'balance limit exceeded')
    }
    assert.equal(await atm.client.balance('9999'), centsOf(largest))
  })

  test('of one account does not depend on the others', async () => {
    const room = centsOf(largest) - (await atm.client.balance('1002'))
    assert.equal(balanceIn(await atm.client.operate('deposit', '1002', `"${moneyOf(room)}"`)), largest)
  })

  test('can be withdrawn again', async () => {
    assert.equal(balanceIn(await atm.client.operate('withdraw', '9999', `"${largest}"`)), '0.00')
  })
})
