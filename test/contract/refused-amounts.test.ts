import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { centsOf, errorIn, serviceForSuite } from '../support/client.ts'

const notPositive = [
  '"0"',
  '0',
  '"0.00"',
  '-0',
  '"-0"',
  '"-1"',
  '-1',
  '-0.01',
  '"-0.01"',
  '"-1e30"',
  '-1e30',
  '"0.004"',
  '0.004',
  '4e-3',
  '"0.0049999999999999999999999"',
  '"-0.004"',
  '"0e5"',
  '"1e-400"',
  '"1e-999999999"',
  '1e-999999999',
  `"0.${'0'.repeat(900)}1"`,
  `"-${'9'.repeat(900)}"`,
]

describe('an amount that is not positive when rounded is refused', () => {
  const atm = serviceForSuite()

  for (const json of notPositive) {
    for (const kind of ['deposit', 'withdraw'] as const) {
      test(`${json.slice(0, 40)} by a ${kind}`, async () => {
        const answer = await atm.client.operate(kind, '1001', json)
        assert.equal(answer.status, 422, answer.text)
        assert.equal(errorIn(answer), 'amount must be > 0')
      })
    }
  }
})

const notAmounts = [
  'true',
  'false',
  'null',
  '[]',
  '{}',
  '[1]',
  '["1"]',
  '{"value":1}',
  '"NaN"',
  '"nan"',
  '"sNaN"',
  '"Infinity"',
  '"-Infinity"',
  '"inf"',
  '""',
  '" "',
  '"\\t"',
  '"1,000"',
  '"1,5"',
  '"1_000"',
  '"1 000"',
  '"\u0661\u0662"',
  '"\uff11"',
  '"$5"',
  '"5 USD"',
  '"€5"',
  '"5%"',
  '"0x10"',
  '"0b1"',
  '"1e"',
  '"e5"',
  '"1e1.5"',
  '"1e+"',
  '"."',
  '"+"',
  '"-"',
  '"+."',
  '".e1"',
  '"--1"',
  '"+-1"',
  '"1.2.3"',
  '"1/2"',
  '"abc"',
  '"1\\u00002"',
  '"1\\n2"',
  '"true"',
  '"null"',
  '"1n"',
  '"1f"',
  '"(1)"',
  `"1.${'0'.repeat(1_000)}"`,
  `"${'0'.repeat(8_000)}1"`,
  `"-${'9'.repeat(8_000)}"`,
]

describe('what is not an amount is refused', () => {
  const atm = serviceForSuite()

  for (const json of notAmounts) {
    for (const kind of ['deposit', 'withdraw'] as const) {
      test(`${json.slice(0, 40)} by a ${kind}`, async () => {
        const answer = await atm.client.operate(kind, '1001', json)
        assert.equal(answer.status, 422, answer.text)
        errorIn(answer)
      })
    }
  }

  for (const body of ['{}', '{"Amount":"1.00"}', '{"amounts":"1.00"}']) {
    test(`a body with no amount: ${body}`, async () => {
      const answer = await atm.client.post('deposit', '1001', body)
      assert.equal(answer.status, 422, answer.text)
      errorIn(answer)
    })
  }

  test('and nothing of it has been booked', async () => {
    assert.equal(await atm.client.balance('1001'), centsOf('500.00'))
  })
})
