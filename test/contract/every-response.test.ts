import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { errorIn, serviceForSuite } from '../support/client.ts'

const unknownRoutes = [
  '/',
  '/nope',
  '/HEALTHZ',
  '/accounts/1001/nope',
  '/holds',
  '/holds/1/nope',
  '/transfers/1',
  '/reversals/1',
  '/transactions',
  '/accounts/1001/balance/more',
  `/${'x'.repeat(2_000)}`,
  '/docs/static/../x',
  '/docs/static/%2e%2e/x',
  '/docs/static/.',
  '/docs/static/..%5cx',
  '/docs/static/%00',
  '/docs/static/index.css%00',
  '/docs/static//',
  '/docs/static//index.css',
  `/docs/static/${'x'.repeat(2_000)}`,
]

const badPaths = [
  '/accounts/%zz/balance',
  '/accounts/%/balance',
  '/accounts/%ff/balance',
  '/%zz',
  '/accounts/%00/balance',
  `/accounts/${'%41'.repeat(500)}/balance`,
  `/accounts/${'9'.repeat(5_000)}/balance`,
]

const wrongMethods = [
  { method: 'POST', path: '/healthz', allow: 'GET' },
  { method: 'DELETE', path: '/healthz', allow: 'GET' },
  { method: 'POST', path: '/accounts/1001/balance', allow: 'GET' },
  { method: 'PUT', path: '/accounts/1001/balance', allow: 'GET' },
  { method: 'PATCH', path: '/accounts/1001/balance', allow: 'GET' },
  { method: 'OPTIONS', path: '/accounts/1001/balance', allow: 'GET' },
  { method: 'PROPFIND', path: '/accounts/1001/balance', allow: 'GET' },
  { method: 'DELETE', path: '/accounts/1001/transactions', allow: 'GET' },
  { method: 'GET', path: '/accounts/1001/deposit', allow: 'POST' },
  { method: 'PUT', path: '/accounts/1001/deposit', allow: 'POST' },
  { method: 'OPTIONS', path: '/accounts/1001/deposit', allow: 'POST' },
  { method: 'GET', path: '/accounts/1001/withdraw', allow: 'POST' },
  { method: 'DELETE', path: '/accounts/1001/withdraw', allow: 'POST' },
  { method: 'DELETE', path: '/accounts', allow: 'GET' },
  { method: 'PATCH', path: '/accounts', allow: 'POST' },
  { method: 'POST', path: '/accounts/1001', allow: 'GET' },
  { method: 'DELETE', path: '/accounts/1001', allow: 'PATCH' },
  { method: 'GET', path: '/accounts/1001/holds', allow: 'POST' },
  { method: 'POST', path: '/accounts/1001/statement', allow: 'GET' },
  { method: 'GET', path: '/transfers', allow: 'POST' },
  { method: 'PATCH', path: '/holds/1', allow: 'GET' },
  { method: 'GET', path: '/holds/1/capture', allow: 'POST' },
  { method: 'PUT', path: '/holds/1/release', allow: 'POST' },
  { method: 'GET', path: '/reversals', allow: 'POST' },
  { method: 'DELETE', path: '/transactions/1', allow: 'GET' },
  { method: 'POST', path: '/openapi.json', allow: 'GET' },
  { method: 'POST', path: '/docs', allow: 'GET' },
]

describe('every response', () => {
  const atm = serviceForSuite()

  for (const path of unknownRoutes) {
    test(`GET ${path.slice(0, 40)} is an unknown route`, async () => {
      const answer = await atm.client.get(path)
      assert.equal(answer.status, 404)
      errorIn(answer)
    })
  }

  for (const path of badPaths) {
    test(`GET ${path.slice(0, 40)} is refused as a path that names nothing`, async () => {
      const answer = await atm.client.get(path)
      assert.ok([404, 422].includes(answer.status), `${answer.status} ${answer.text}`)
      errorIn(answer)
    })
  }

  for (const { method, path, allow } of wrongMethods) {
    test(`${method} ${path} answers 405 and allows ${allow}`, async () => {
      const answer = await atm.client.send(method, path)
      assert.equal(answer.status, 405, answer.text)
      const allowed = (answer.headers['allow'] ?? '').split(',').map((name) => name.trim())
      assert.ok(allowed.includes(allow), answer.headers['allow'])
      assert.ok(!allowed.includes(method), 'Allow does not name what was refused')
      errorIn(answer)
    })
  }

  for (const path of [
    '/healthz',
    '/accounts',
    '/accounts/1001',
    '/accounts/1001/balance',
    '/accounts/1001/transactions',
    '/transactions/1',
  ]) {
    test(`HEAD ${path} answers as GET does, without the body`, async () => {
      const answer = await atm.client.send('HEAD', path)
      assert.equal(answer.status, 200)
      assert.equal(answer.text, '')
      assert.match(answer.headers['content-type'] ?? '', /^application\/json/)
    })
  }

  test('a successful answer is JSON in UTF-8', async () => {
    const answer = await atm.client.get('/accounts/1001/balance')
    assert.match(answer.headers['content-type'] ?? '', /^application\/json(; ?charset=utf-8)?$/i)
  })
})

const longText = 'x'.repeat(600)
const echoes = [
  { input: 'path', method: 'GET', path: `/${longText}` },
  { input: 'account', method: 'GET', path: `/accounts/${longText}/balance` },
  { input: 'account of a deposit', path: `/accounts/${longText}/deposit`, body: '{"amount":"1.00"}' },
  { input: 'short account', path: `/accounts/${'x'.repeat(80)}/deposit`, body: '{"amount":"1.00"}' },
  {
    input: 'account of a transfer',
    path: '/transfers',
    body: `{"from":"${longText}","to":"1001","amount":1}`,
  },
  { input: 'name', path: '/accounts', body: `{"name":"${longText}"}` },
  { input: 'reference', path: '/accounts/1001/deposit', body: `{"amount":1,"reference":"${longText}"}` },
  { input: 'hold', method: 'GET', path: `/holds/${longText}` },
  { input: 'transaction', path: '/reversals', body: `{"transaction_id":"${longText}"}` },
  { input: 'limit', method: 'GET', path: `/accounts/1001/transactions?limit=${longText}` },
  { input: 'cursor', method: 'GET', path: `/accounts/1001/transactions?limit=1&cursor=${longText}` },
  { input: 'amount', path: '/accounts/1001/deposit', body: `{"amount":"${longText}"}` },
  { input: 'malformed body', path: '/accounts/1001/deposit', body: `{"amount":${longText}` },
  { input: 'body that is a string', path: '/accounts/1001/deposit', body: `"${longText}"` },
  {
    input: 'key',
    path: '/accounts/1001/deposit',
    body: '{"amount":"1.00"}',
    headers: { 'Idempotency-Key': longText },
  },
  {
    input: 'content type',
    path: '/accounts/1001/deposit',
    body: '1',
    headers: { 'Content-Type': `a/${longText}` },
  },
]

describe('no error echoes more than 64 characters of input', () => {
  const atm = serviceForSuite()

  for (const { input, method = 'POST', path, body, headers = {} } of echoes) {
    test(`in the ${input}`, async () => {
      const answer = await atm.client.send(method, path, {
        ...(body === undefined ? {} : { body }),
        headers: body === undefined ? headers : { 'Content-Type': 'application/json', ...headers },
      })
      assert.ok([404, 415, 422].includes(answer.status), `${answer.status} ${answer.text}`)
      assert.doesNotMatch(errorIn(answer), /x{65}/)
    })
  }
})
