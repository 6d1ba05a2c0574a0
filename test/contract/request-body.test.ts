import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { balanceIn, errorIn, objectIn, serviceForSuite } from '../support/client.ts'
import { exchange, head } from '../support/raw.ts'

const otherTypes = [
  'text/plain',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'garbage',
]
const jsonTypes = ['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON', undefined]

const malformed: readonly (readonly [name: string, body: string | Buffer])[] = [
  ['an empty body', ''],
  ['white space', '  \n'],
  ['an open brace', '{'],
  ['a missing value', '{"amount":}'],
  ['single quotes', `{'amount':1}`],
  ['a trailing comma', '{"amount":1,}'],
  ['a form', 'amount=1'],
  ['a bare NaN', '{"amount":NaN}'],
  ['a bare Infinity', '{"amount":-Infinity}'],
  ['two documents', '{"amount":1}{"amount":2}'],
  ['a byte that is not UTF-8', Buffer.from('{"amount":"1\xff"}', 'latin1')],
  ['deep nesting', '['.repeat(7_000)],
]

/** Requests with a number of 16 digits and more where there must be text. */
const numbersForText: readonly (readonly [path: string, body: string])[] = [
  ['/accounts', '{"name":"Ada","account_number":1234567890123456}'],
  ['/accounts', '{"name":"Ada","account_number":12345678901234567890}'],
  ['/accounts', '{"name":12345678901234567890}'],
  ['/transfers', '{"from":10010000000000000000,"to":"1002","amount":1}'],
  ['/transfers', '{"from":"1001","to":10020000000000000000,"amount":1}'],
  ['/accounts/1001/deposit', '{"amount":1,"reference":12345678901234567890}'],
  ['/accounts/1001/holds', '{"amount":1,"reference":12345678901234567890}'],
  ['/reversals', '{"idempotency_key":12345678901234567890}'],
  ['/reversals', '{"idempotency_key":1234567890123456789.5}'],
  ['/reversals', '{"transaction_id":"1","reason":12345678901234567890}'],
]

const notAnObject = ['[]', '[{"amount":"1.00"}]', '"1.00"', '5', 'null', 'true']

const ignoredKeys = [
  '{"amount":"1.00","note":"rent"}',
  '{"note":{"deep":[1,2,{"a":null}]},"amount":"1.00"}',
  '{"amount":"1.00","account_number":"1002","balance":"9.00"}',
  '{"amount":"1.00","__proto__":{"x":1}}',
  '{"amount":"1.00","constructor":{"prototype":{"x":1}}}',
]

describe('a request body', () => {
  const atm = serviceForSuite()

  for (const type of otherTypes) {
    test(`of type ${type} is 415`, async () => {
      const answer = await atm.client.post('deposit', '1001', '{"amount":"1.00"}', { 'Content-Type': type })
      assert.equal(answer.status, 415, answer.text)
      errorIn(answer)
    })
  }

  for (const type of jsonTypes) {
    test(`of ${type === undefined ? 'no type' : `type ${type}`} is read as JSON`, async () => {
      const headers = type === undefined ? {} : { 'Content-Type': type }
      const answer = await atm.client.send('POST', '/accounts/1001/deposit', {
        body: '{"amount":"1.00"}',
        headers,
      })
      balanceIn(answer)
    })
  }

  for (const [name, body] of malformed) {
    test(`that is ${name} is 422`, async () => {
      const answer = await atm.client.post('deposit', '1001', body)
      assert.equal(answer.status, 422, answer.text)
      errorIn(answer)
    })
  }

  for (const type of [...jsonTypes, 'application/json; charset=iso-8859-1', 'application/x+json']) {
    test(`whose text is not UTF-8 is 422 with type ${type ?? 'none'}, so that no two are taken for one`, async () => {
      const body = Buffer.from('{"amount":"1.00","reference":"caf\xe9"}', 'latin1')
      const headers = { ...(type !== undefined && { 'Content-Type': type }), 'Idempotency-Key': 'latin' }
      const answer = await atm.client.send('POST', '/accounts/1001/deposit', { body, headers })
      assert.equal(answer.status, 422, answer.text)
      assert.match(errorIn(answer), /UTF-8/)
    })
  }

  test('that is UTF-8 keeps its characters, also those that stand for lost ones', async () => {
    for (const reference of ['café', '\u{fffd}', '\u{1f600}']) {
      const body = JSON.stringify({ from: '1001', to: '1002', amount: 0.01, reference })
      const headers = { 'Content-Type': 'application/json' }
      const answer = await atm.client.send('POST', '/transfers', { body, headers })
      assert.equal(objectIn(answer)['reference'], reference)
    }
  })

  for (const [path, body] of numbersForText) {
    test(`of ${body} to ${path} is 422, as a number is no text, however long it is`, async () => {
      const answer = await atm.client.send('POST', path, {
        body,
        headers: { 'Content-Type': 'application/json' },
      })
      assert.equal(answer.status, 422, answer.text)
      errorIn(answer)
    })
  }

  for (const [body, path] of [
    ['{"transaction_id":2267.99999999999999999999}', '/reversals'],
    ['{"transaction_id":1.00000000000000000001}', '/reversals'],
    ['{"amount":1,"expires_in":0.99999999999999999999}', '/accounts/1001/holds'],
    ['{"amount":1,"expires_in":42.00000000000000000001}', '/accounts/1001/holds'],
  ] as const) {
    test(`of ${body} to ${path} is refused, as the number is no whole one, however near`, async () => {
      const balance = await atm.client.balance('1001')
      const headers = { 'Content-Type': 'application/json' }
      const { status } = await atm.client.send('POST', path, { body, headers })
      assert.ok(status === 422 || status === 404, String(status))
      assert.equal(await atm.client.balance('1001'), balance)
    })
  }

  test('may be deep, whatever numbers are in it', async () => {
    const deep = `${'['.repeat(8_000)}${']'.repeat(8_000)}`
    for (const amount of ['1', '1.00', '1.0000000000000000', '1e0000'])
      balanceIn(await atm.client.post('deposit', '1001', `{"note":${deep},"amount":${amount}}`))
  })

  for (const body of notAnObject) {
    test(`that is ${body} instead of an object is 422`, async () => {
      const answer = await atm.client.post('withdraw', '1001', body)
      assert.equal(answer.status, 422, answer.text)
      errorIn(answer)
    })
  }

  for (const body of ignoredKeys) {
    test(`may have keys that are not known: ${body}`, async () => {
      const before = await atm.client.balance('1001')
      balanceIn(await atm.client.post('deposit', '1001', body))
      assert.equal(await atm.client.balance('1001'), before + 100n)
    })
  }

  test('of exactly 16 KiB is read', async () => {
    const body = '{"amount":"1.00"}'.padEnd(16 * 1024)
    balanceIn(await atm.client.post('deposit', '1001', body))
  })

  for (const size of [16 * 1024 + 1, 1024 * 1024]) {
    test(`of ${size} bytes is 413`, async () => {
      const answer = await atm.client.post('deposit', '1001', '{"amount":"1.00"}'.padEnd(size))
      assert.equal(answer.status, 413, answer.text)
      errorIn(answer)
    })
  }

  test('that grows beyond 16 KiB with no length announced is 413', async () => {
    const request = head('POST /accounts/1001/deposit HTTP/1.1', 'Transfer-Encoding: chunked')
    const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`
    const answer = await exchange(atm.client.url, `${request}${chunk}${chunk}0\r\n\r\n`)
    assert.equal(answer.status, 413, answer.text)
    errorIn(answer)
  })

  test('with a wrong amount is 422 also for an account that does not exist', async () => {
    const answer = await atm.client.operate('deposit', '4711', '"-1"')
    assert.equal(answer.status, 422, answer.text)
  })
})
