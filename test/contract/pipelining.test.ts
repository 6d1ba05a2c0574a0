import assert from 'node:assert/strict'
import { once } from 'node:events'
import { before, describe, test } from 'node:test'
import { parseAnswers, type RawAnswer } from '../fuzz/answers.ts'
import { objectIn, serviceForSuite } from '../support/client.ts'
import { openSocket, readToEnd } from '../support/raw.ts'

const body = '{"amount":"1.00"}'

function deposit(account: string, ...headers: readonly string[]): string {
  const lines = [
    'Host: localhost',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    ...headers,
  ]
  return `POST /accounts/${account}/deposit HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`
}

function get(path: string, ...headers: readonly string[]): string {
  return `GET ${path} HTTP/1.1\r\n${['Host: localhost', ...headers].join('\r\n')}\r\n\r\n`
}

/** What may follow a request that is in order, and the status of its own answer. */
const followers = [
  { name: 'garbage', bytes: 'hello\r\n\r\n', status: 400 },
  { name: 'one byte too many', bytes: '}', status: 400 },
  { name: 'headers that are too large', bytes: get('/healthz', `X-Big: ${'x'.repeat(20_000)}`), status: 431 },
  {
    name: 'a request with a bad chunk',
    bytes:
      'POST /accounts/1002/deposit HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    status: 400,
  },
  { name: 'a request for a tunnel', bytes: 'CONNECT a:80 HTTP/1.1\r\nHost: localhost\r\n\r\n', status: 405 },
  { name: 'an unknown expectation', bytes: get('/healthz', 'Expect: miracles'), status: 417 },
  { name: 'the preface of HTTP/2', bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', status: 400 },
]

describe('requests that share a connection', () => {
  const atm = serviceForSuite()

  /** Sends the bytes, closes this side, and reads the answers until the other side is closed. */
  async function answersTo(...pieces: readonly string[]): Promise<readonly RawAnswer[]> {
    const socket = await openSocket(atm.client.url)
    const text = readToEnd(socket)
    for (const piece of pieces) {
      await new Promise<void>((resolve) => socket.write(Buffer.from(piece, 'latin1'), () => resolve()))
    }
    socket.end()
    return parseAnswers(Buffer.from(await text), [])
  }

  test('are served no more once one of them asks for another protocol', async () => {
    const [paid, other] = [await atm.client.balance('1001'), await atm.client.balance('1002')]
    const inner = `POST /accounts/1001/withdraw HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    const outer = `POST /accounts/1002/deposit HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${inner.length}\r\n\r\n`
    const upgrade = get('/healthz', 'Connection: Upgrade', 'Upgrade: h2c')
    for (const pieces of [
      [upgrade + outer, inner],
      [upgrade + deposit('1001')],
      [upgrade, deposit('1001')],
    ]) {
      const [answer, ...more] = await answersTo(...pieces)
      assert.equal(answer?.status, 200)
      assert.match(answer.text, /ok/)
      assert.deepEqual(more, [])
    }
    assert.deepEqual([await atm.client.balance('1001'), await atm.client.balance('1002')], [paid, other])
  })

  for (const { name, bytes, status } of followers) {
    test(`are answered when ${name} follows`, async () => {
      const balance = await atm.client.balance('1001')
      const answers = await answersTo(deposit('1001') + bytes)
      assert.equal(answers[0]?.status, 200, answers[0]?.text)
      assert.deepEqual(
        answers.slice(1).map((answer) => answer.status),
        [status],
      )
      assert.equal(await atm.client.balance('1001'), balance + 100n)
    })
  }

  test('are answered when another one follows the one that asks to close', async () => {
    const balance = await atm.client.balance('1001')
    const answers = await answersTo(deposit('1001', 'Connection: close') + deposit('1001'))
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200],
    )
    assert.equal(await atm.client.balance('1001'), balance + 100n)
  })

  test('are answered one after another, each as the one before it left the books', async () => {
    for (let round = 0; round < 50; round += 1) {
      const answers = await answersTo(
        deposit('9999') + get('/accounts/9999/balance') + deposit('9999') + get('/accounts/9999/balance'),
      )
      const [first, then, second, last] = answers.map((answer) => objectIn(answer)['balance'])
      assert.equal(then, first)
      assert.equal(last, second)
      assert.notEqual(first, second)
    }
  })

  test('are answered whole and in order, however many there are and in whatever pieces they arrive', async () => {
    const paths = Array.from({ length: 3_000 }, (_, index) => `/nowhere/${index}`)
    const bytes = paths.map((path, index) => (index % 7 === 0 ? deposit('1002') : get(path))).join('')
    const cuts = [1, 100, 70_000, 70_001, 150_000, bytes.length]
    const answers = await answersTo(...cuts.map((cut, index) => bytes.slice(cuts[index - 1] ?? 0, cut)))
    assert.deepEqual(
      answers.map(({ status }) => status),
      paths.map((_, index) => (index % 7 === 0 ? 200 : 404)),
    )
  })

  test('may ask for the head alone, and whether to go on', async () => {
    const headOnly = 'HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'
    const answers = await answersTo(
      deposit('1001', 'Expect: 100-continue') + get('/healthz') + deposit('1001'),
    )
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    )
    const socket = await openSocket(atm.client.url)
    const text = readToEnd(socket)
    socket.end(headOnly + headOnly)
    assert.equal((await text).match(/HTTP\/1\.1 200/g)?.length, 2)
  })

  describe('with a stream among them', () => {
    const path = '/accounts/1002/transactions'
    let whole = ''

    before(async () => {
      for (let count = 0; count < 300; count += 1) await atm.client.operate('deposit', '1002', '1')
      whole = (await atm.client.get(path)).text
    })

    test('leave its body as it is when the client closes its side', async () => {
      const [stream] = await answersTo(get(path))
      assert.equal(stream?.text, whole)
    })

    for (const { name, bytes, status } of followers) {
      test(`leave its body as it is when ${name} follows`, async () => {
        const [stream, ...others] = await answersTo(get(path) + bytes)
        assert.equal(stream?.text, whole)
        assert.deepEqual(
          others.map((answer) => answer.status),
          [status],
        )
      })
    }
  })

  test('harm nobody when they ask for a tunnel and the connection is reset', async () => {
    for (let round = 0; round < 20; round += 1) {
      const socket = await openSocket(atm.client.url)
      const closed = once(socket, 'close')
      socket.on('error', () => socket.destroy())
      await new Promise<void>((resolve) =>
        socket.write('CONNECT a:80 HTTP/1.1\r\nHost: localhost\r\n\r\n', () => resolve()),
      )
      if (round % 2 === 0) await once(socket, 'data')
      socket.resetAndDestroy()
      await closed
    }
    assert.equal((await atm.client.get('/healthz')).status, 200)
  })
})
