import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { errorIn, serviceForSuite } from '../support/client.ts'
import { exchange, head } from '../support/raw.ts'

const deposit = 'POST /accounts/1001/deposit HTTP/1.1'

const malformed = [
  { name: 'garbage', bytes: 'hello\r\n\r\n' },
  { name: 'a method that does not exist', bytes: head('BREW /healthz HTTP/1.1') },
  { name: 'a version that does not exist', bytes: 'GET /healthz HTTP/9.9\r\n\r\n' },
  { name: 'no Host', bytes: 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n' },
  { name: 'a header with no colon', bytes: head('GET /healthz HTTP/1.1', 'nonsense') },
  { name: 'a header with a control character', bytes: head('GET /healthz HTTP/1.1', 'X-Thing: a\x01b') },
  { name: 'a length that is no number', bytes: head(deposit, 'Content-Length: ten') },
  { name: 'two lengths', bytes: head(deposit, 'Content-Length: 5', 'Content-Length: 6') },
  { name: 'a length and chunks', bytes: head(deposit, 'Content-Length: 5', 'Transfer-Encoding: chunked') },
  { name: 'a chunk with no size', bytes: `${head(deposit, 'Transfer-Encoding: chunked')}zz\r\n\r\n` },
  { name: 'bytes of TLS', bytes: Buffer.from('16030100', 'hex') },
]

describe('HTTP that is not well formed', () => {
  const atm = serviceForSuite()

  for (const { name, bytes } of malformed) {
    test(`with ${name} is answered by an error of the same form`, async () => {
      const answer = await exchange(atm.client.url, bytes)
      assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status} ${answer.text}`)
      errorIn(answer)
    })
  }

  test('with a head that is too large is 431', async () => {
    const answer = await exchange(
      atm.client.url,
      head('GET /healthz HTTP/1.1', `X-Big: ${'x'.repeat(20_000)}`),
    )
    assert.equal(answer.status, 431)
    assert.doesNotMatch(errorIn(answer), /x{65}/)
  })

  test('with a path that is too large is 431 or an unknown route', async () => {
    const answer = await exchange(atm.client.url, head(`GET /${'x'.repeat(40_000)} HTTP/1.1`))
    assert.ok([404, 414, 431].includes(answer.status), `${answer.status}`)
    assert.doesNotMatch(errorIn(answer), /x{65}/)
  })

  test('as CONNECT is answered by an error of the same form', async () => {
    const answer = await exchange(atm.client.url, head('CONNECT 127.0.0.1:80 HTTP/1.1'))
    assert.ok([404, 405].includes(answer.status), `${answer.status} ${answer.text}`)
    errorIn(answer)
  })

  test('as a request for an upgrade is answered as if none had been asked for', async () => {
    const upgrade = ['Host: localhost', 'Connection: close, Upgrade', 'Upgrade: websocket']
    const answer = await exchange(atm.client.url, `GET /nope HTTP/1.1\r\n${upgrade.join('\r\n')}\r\n\r\n`)
    assert.equal(answer.status, 404)
    errorIn(answer)
  })

  test('as OPTIONS * is answered by an error of the same form', async () => {
    const answer = await exchange(atm.client.url, head('OPTIONS * HTTP/1.1'))
    assert.ok([404, 405].includes(answer.status), `${answer.status} ${answer.text}`)
    errorIn(answer)
  })

  test('does not disturb others', async () => {
    await Promise.all(malformed.map(({ bytes }) => exchange(atm.client.url, bytes)))
    assert.equal((await atm.client.get('/healthz')).status, 200)
  })

  test('with a header name in any case is understood', async () => {
    const request = `${head(deposit, 'CONTENT-TYPE: application/json', 'iDEMPOTENCY-kEY: case', 'content-length: 17')}{"amount":"1.00"}`
    const first = await exchange(atm.client.url, request)
    const second = await exchange(atm.client.url, request)
    assert.equal(first.status, 200, first.text)
    assert.equal(second.text, first.text)
    assert.equal(second.headers['idempotency-replayed'], 'true')
  })
})
