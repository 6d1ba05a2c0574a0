import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Answer, errorIn, isRecord, objectIn, serviceForSuite } from '../support/client.ts'
import { readOpenApi } from '../support/openapi.ts'
import { exchange, head } from '../support/raw.ts'

const unknownAccount = '/accounts/4711/balance'

/** Fails unless the answer is problem details about an account that does not exist. */
function assertProblem(answer: Answer): void {
  assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json(; ?charset=utf-8)?$/)
  const body: unknown = JSON.parse(answer.text)
  assert.deepEqual(body, {
    type: 'urn:mini-atm-system:problem:account_not_found',
    title: 'Account not found',
    status: 404,
    detail: 'account not found',
    code: 'account_not_found',
  })
}

const naming = [
  'application/problem+json',
  'Application/Problem+JSON',
  'application/problem+json; charset=utf-8',
  'application/json, application/problem+json',
  'application/json,application/problem+json;q=0.1',
  'text/html, application/problem+json ; q=0.001, */*;q=0.1',
  'application/problem+json;Q=1.000',
  'application/json;profile="a,b;c", application/problem+json',
  'application/json;profile="\\",", application/problem+json',
  ', ,application/problem+json',
]

const notNaming = [
  '*/*',
  'application/*',
  'application/json',
  'text/html',
  '',
  'application/problem+xml',
  'application/problem+json;q=0',
  'application/problem+json; q=0.000',
  'application/problem+json;q=2',
  'application/problem+json;q=-1',
  'application/problem+json;q=yes',
  'application/problem+json;q=',
  'application/problem+json+more',
  'x/application/problem+json',
  'application/json;profile="application/problem+json"',
  'application/json;profile=", application/problem+json',
]

describe('an error', () => {
  const atm = serviceForSuite()

  for (const accept of naming) {
    test(`is problem details for Accept: ${accept}`, async () => {
      assertProblem(await atm.client.send('GET', unknownAccount, { headers: { Accept: accept } }))
    })
  }

  for (const accept of notNaming) {
    test(`is a sentence alone for Accept: ${accept}`, async () => {
      const answer = await atm.client.send('GET', unknownAccount, { headers: { Accept: accept } })
      assert.equal(answer.status, 404)
      assert.equal(errorIn(answer), 'account not found')
    })
  }

  test('is a sentence alone without an Accept header', async () => {
    assert.equal(errorIn(await atm.client.get(unknownAccount)), 'account not found')
  })

  test('tells caches that it depends on the Accept header', async () => {
    assert.equal((await atm.client.get(unknownAccount)).headers['vary'], 'Accept')
  })

  test('keeps its headers in both forms', async () => {
    for (const accept of ['application/problem+json', '*/*']) {
      const answer = await atm.client.send('DELETE', unknownAccount, { headers: { Accept: accept } })
      assert.equal(answer.status, 405)
      assert.match(answer.headers['allow'] ?? '', /\bGET\b/)
    }
  })

  test('of no route, no tunnel and no expectation is problem details too', async () => {
    const accept = 'Accept: application/problem+json'
    for (const [line, header, code] of [
      ['GET /nope HTTP/1.1', 'X-Nothing: more', 'route_not_found'],
      ['GET /accounts/%zz/balance HTTP/1.1', 'X-Nothing: more', 'route_not_found'],
      ['CONNECT 127.0.0.1:80 HTTP/1.1', 'X-Nothing: more', 'method_not_allowed'],
      ['GET /healthz HTTP/1.1', 'Expect: wonders', 'expectation_failed'],
    ] as const) {
      const { text, headers } = await exchange(atm.client.url, head(line, accept, header))
      assert.match(headers['content-type'] ?? '', /^application\/problem\+json/, line)
      const body: unknown = JSON.parse(text)
      assert.ok(isRecord(body) && body['code'] === code, text)
    }
  })

  test('of bytes that are no request is a sentence alone, as no header of theirs can be read', async () => {
    errorIn(await exchange(atm.client.url, 'Accept: application/problem+json\r\n\r\n'))
  })

  test('says nothing of what was accepted: a success is what it always was', async () => {
    const answer = await atm.client.send('GET', '/accounts/1001/balance', {
      headers: { Accept: 'application/problem+json' },
    })
    assert.equal(answer.status, 200)
    assert.deepEqual(objectIn(answer), { account_number: '1001', balance: '500.00' })
  })

  test('is documented in both forms at every path', () => {
    const { paths } = readOpenApi()
    assert.ok(isRecord(paths))
    let errors = 0
    for (const methods of Object.values(paths)) {
      assert.ok(isRecord(methods))
      for (const operation of Object.values(methods)) {
        assert.ok(isRecord(operation) && isRecord(operation['responses']))
        for (const [status, response] of Object.entries(operation['responses'])) {
          // Nobody knows yet what a request accepts whose headers are too large.
          if (Number(status) < 400 || status === '431') continue
          assert.ok(isRecord(response) && isRecord(response['content']), status)
          assert.deepEqual(Object.keys(response['content']), ['application/json', 'application/problem+json'])
          errors += 1
        }
      }
    }
    assert.ok(errors > 20, `${errors} documented errors`)
  })
})
