import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { balanceIn, centsOf, type Client, moneyOf, objectIn, serviceForSuite } from '../support/client.ts'

/** Amounts as JSON text, and what they must be booked as. */
const accepted: readonly (readonly [json: string, booked: string])[] = [
  ['"10"', '10.00'],
  ['"10.5"', '10.50'],
  ['"10.50"', '10.50'],
  ['"0.01"', '0.01'],
  ['"  7.25 "', '7.25'],
  ['"\\t7.25\\n"', '7.25'],
  ['"+3"', '3.00'],
  ['" +3.10 "', '3.10'],
  ['"1e2"', '100.00'],
  ['"1E2"', '100.00'],
  ['"1e+2"', '100.00'],
  ['"12.345e1"', '123.45'],
  ['"150e-2"', '1.50'],
  ['"1e-2"', '0.01'],
  ['".5"', '0.50'],
  ['"5."', '5.00'],
  ['"+.5e1"', '5.00'],
  ['"007.50"', '7.50'],
  ['"\\u0031\\u0030"', '10.00'],
  ['10', '10.00'],
  ['10.5', '10.50'],
  ['0.01', '0.01'],
  ['1e2', '100.00'],
  ['1E+2', '100.00'],
  ['1.5e-1', '0.15'],
  ['100.0', '100.00'],
  ['0.1', '0.10'],
  ['0.29', '0.29'],
  ['1.1', '1.10'],
  ['1234567.89', '1234567.89'],
]

const rounded: readonly (readonly [json: string, booked: string])[] = [
  ['"1.005"', '1.01'],
  ['1.005', '1.01'],
  ['"2.675"', '2.68'],
  ['2.675', '2.68'],
  ['"10.004999"', '10.00'],
  ['10.004999', '10.00'],
  ['"10.005"', '10.01'],
  ['"0.005"', '0.01'],
  ['0.005', '0.01'],
  ['5e-3', '0.01'],
  ['"0.0149999999999999999999999999"', '0.01'],
  ['"0.015"', '0.02'],
  ['"0.995"', '1.00'],
  ['"9.999"', '10.00'],
  ['"1.0049999999999999999999999999999999999999"', '1.00'],
  ['"1.0050000000000000000000000000000000000001"', '1.01'],
  ['"1005e-3"', '1.01'],
]

const long: readonly (readonly [json: string, booked: string])[] = [
  [`"1.${'0'.repeat(900)}"`, '1.00'],
  [`"${'0'.repeat(900)}1"`, '1.00'],
  [`"1.00${'4'.repeat(900)}"`, '1.00'],
  [`"${' '.repeat(8_000)}1"`, '1.00'],
  [`"1${'0'.repeat(900)}e-900"`, '1.00'],
  [`"0.${'0'.repeat(900)}1e901"`, '1.00'],
  [`"1e${'0'.repeat(900)}2"`, '100.00'],
]

/** A number that went through a double would be booked as its neighbour. */
const exactNumbers: readonly (readonly [json: string, booked: string])[] = [
  ['9007199254740993', '9007199254740993.00'],
  ['9007199254740995', '9007199254740995.00'],
  ['12345678901234567', '12345678901234567.00'],
  ['92233720368547757', '92233720368547757.00'],
  ['9007199254740993.00', '9007199254740993.00'],
  ['9007199254740993e0', '9007199254740993.00'],
  ['90071992547409.93', '90071992547409.93'],
  ['9007199254740993E-2', '90071992547409.93'],
  ['1.0049999999999999', '1.00'],
  ['92233720368547758.07', '92233720368547758.07'],
  ['92233720368547758.0749', '92233720368547758.07'],
]

describe('an amount is booked', () => {
  const atm = serviceForSuite()

  for (const [json, booked] of [...accepted, ...rounded, ...long]) {
    const shown = json.length > 50 ? `${json.slice(0, 20)}… of ${json.length} characters` : json
    test(`${shown} as ${booked}`, async () => {
      const before = await atm.client.balance('9999')
      const answer = await atm.client.operate('deposit', '9999', json)
      assert.equal(balanceIn(answer), moneyOf(before + centsOf(booked)))
    })
  }

  for (const [json, booked] of rounded) {
    test(`${json} as ${booked} by a withdrawal too`, async () => {
      const before = await atm.client.balance('1002')
      const answer = await atm.client.operate('withdraw', '1002', json)
      assert.equal(balanceIn(answer), moneyOf(before - centsOf(booked)))
    })
  }
})

async function sendTo(
  client: Client,
  method: string,
  path: string,
  body: string,
): Promise<Record<string, unknown>> {
  const answer = await client.send(method, path, { headers: { 'Content-Type': 'application/json' }, body })
  assert.ok(answer.status < 300, answer.text)
  return objectIn(answer)
}

describe('a number that a double cannot hold is booked exactly', () => {
  const atm = serviceForSuite()

  for (const [number, booked] of exactNumbers) {
    for (const json of [number, `"${number}"`]) {
      test(json, async () => {
        const before = await atm.client.balance('9999')
        const answer = await atm.client.operate('deposit', '9999', json)
        assert.equal(balanceIn(answer), moneyOf(before + centsOf(booked)))
        balanceIn(await atm.client.operate('withdraw', '9999', json))
        assert.equal(await atm.client.balance('9999'), before)
      })
    }
  }

  test('also where the money is an opening deposit, a hold, or a limit', async () => {
    const number = '90071992547409.93'
    const account = '{"account_number":"exact","name":"Ada","opening_deposit":'
    assert.equal((await sendTo(atm.client, 'POST', '/accounts', `${account}${number}}`))['balance'], number)
    const limits = `{"limits":{"overdraft":${number},"withdrawal":${number},"daily_amount":${number}}}`
    assert.deepEqual((await sendTo(atm.client, 'PATCH', '/accounts/exact', limits))['limits'], {
      overdraft: number,
      withdrawal: number,
      daily_amount: number,
      daily_count: null,
    })
    assert.equal(
      (await sendTo(atm.client, 'POST', '/accounts/exact/holds', `{"amount":${number}}`))['amount'],
      number,
    )
  })
})
