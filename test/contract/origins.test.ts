import assert from 'node:assert/strict'
import type { OutgoingHttpHeaders } from 'node:http'
import { describe, test } from 'node:test'
import { type Answer, type Client, errorIn, objectIn, serviceForSuite } from '../support/client.ts'
import { exchange, head } from '../support/raw.ts'
import { ask, placeHold } from '../support/requests.ts'

const teller = 'https://teller.example'

/** Where the client's requests go, as Host has it. */
function hostOf(client: Client): string {
  return new URL(client.url).host
}

/** Asks for the smallest thing that moves money: a capture has no body. */
function capture(client: Client, id: string, headers: OutgoingHttpHeaders): Promise<Answer> {
  return client.send('POST', `/holds/${id}/capture`, { headers })
}

async function statusOfHold(client: Client, id: string): Promise<unknown> {
  return (await ask(client, 'GET', `/holds/${id}`)).body['status']
}

const foreign: readonly { readonly name: string; readonly headers: (host: string) => OutgoingHttpHeaders }[] =
  [
    { name: 'another site', headers: () => ({ Origin: 'https://rebound.example' }) },
    { name: 'another port', headers: () => ({ Origin: 'http://127.0.0.1:1' }) },
    {
      name: 'another port, which is of the same site',
      headers: () => ({ Origin: 'http://127.0.0.1:1', 'Sec-Fetch-Site': 'same-site' }),
    },
    {
      name: 'another name of this machine',
      headers: (host) => ({ Origin: `http://localhost:${host.split(':')[1]}` }),
    },
    { name: 'an origin that is hidden', headers: () => ({ Origin: 'null' }) },
    { name: 'an origin that is empty', headers: () => ({ Origin: '' }) },
    { name: 'an extension', headers: (host) => ({ Origin: `chrome-extension://${host}` }) },
    { name: 'two origins', headers: (host) => ({ Origin: `http://${host}, http://${host}` }) },
    {
      name: 'a listed origin and another',
      headers: () => ({ Origin: `${teller}, https://rebound.example` }),
    },
    { name: 'a longer name than a listed one', headers: () => ({ Origin: `${teller}.example` }) },
    { name: 'another site that says no more', headers: () => ({ 'Sec-Fetch-Site': 'cross-site' }) },
    { name: 'the same site, with no origin', headers: () => ({ 'Sec-Fetch-Site': 'same-site' }) },
    {
      name: 'another site with the name of this one',
      headers: (host) => ({ Origin: `http://${host}`, 'Sec-Fetch-Site': 'cross-site' }),
    },
  ]

for (const args of [[], ['--cors-origin', `${teller},http://localhost:5173`]]) {
  describe(`a service with ${args.join(' ') || 'no --cors-origin'}`, () => {
    const atm = serviceForSuite(['--store', 'memory:', ...args])

    for (const { name, headers } of foreign) {
      test(`moves no money for a page of ${name}`, async () => {
        const { client } = atm
        const id = await placeHold(client, '1002', 1n)
        const answer = await capture(client, id, headers(hostOf(client)))
        assert.equal(answer.status, 403, answer.text)
        assert.match(errorIn(answer), /--cors-origin/)
        assert.equal(answer.headers['access-control-allow-origin'], undefined)
        assert.equal(await statusOfHold(client, id), 'open')
      })
    }

    test('lets programs in, which say nothing of an origin', async () => {
      const { client } = atm
      assert.equal((await capture(client, await placeHold(client, '1002', 1n), {})).status, 200)
    })

    test('lets its own pages in', async () => {
      const { client } = atm
      const host = hostOf(client)
      for (const headers of [
        { Origin: `http://${host}`, 'Sec-Fetch-Site': 'same-origin' },
        { Origin: `http://${host}` },
        { 'Sec-Fetch-Site': 'same-origin' },
        { 'Sec-Fetch-Site': 'none' },
      ]) {
        const answer = await capture(client, await placeHold(client, '1002', 1n), headers)
        assert.equal(answer.status, 200, answer.text)
      }
    })

    test('lets its own pages in behind a proxy that ends TLS', async () => {
      const { client } = atm
      for (const [Origin, Host] of [
        ['https://localhost', 'localhost'],
        ['https://localhost', 'localhost:443'],
        ['https://localhost:8443', 'localhost:8443'],
        ['http://localhost', 'localhost:80'],
        ['https://localhost', 'LOCALHOST'],
        ['https://[::1]:8443', '[::1]:8443'],
      ]) {
        const headers = { Origin, Host, 'Sec-Fetch-Site': 'same-origin' }
        const answer = await capture(client, await placeHold(client, '1002', 1n), headers)
        assert.equal(answer.status, 200, `${Origin} ${Host}`)
      }
    })

    test('refuses every method that changes something, before anything else is looked at', async () => {
      for (const [method, path] of [
        ['POST', '/accounts/4711/deposit'],
        ['POST', '/nope'],
        ['PATCH', '/accounts/1001'],
        ['PUT', '/accounts/1001'],
        ['DELETE', '/accounts/1001'],
      ] as const) {
        const headers = { Origin: 'https://rebound.example', 'Content-Type': 'text/plain' }
        const answer = await atm.client.send(method, path, { headers, body: 'x' })
        assert.equal(answer.status, 403, `${method} ${path}`)
      }
    })

    test('answers what only reads', async () => {
      const headers = { Origin: 'https://rebound.example', 'Sec-Fetch-Site': 'cross-site' }
      for (const method of ['GET', 'HEAD']) {
        const answer = await atm.client.send(method, '/accounts/1001/balance', { headers })
        assert.equal(answer.status, 200)
        assert.equal(answer.headers['access-control-allow-origin'], undefined, 'the page cannot read it')
      }
    })

    test('refuses the preflight of another origin', async () => {
      const answer = await preflight(atm.client, '/transfers', 'https://rebound.example')
      assert.equal(answer.status, 405)
      assert.equal(answer.headers['access-control-allow-origin'], undefined)
    })

    test('tells browsers to take an answer for what it says it is', async () => {
      for (const path of ['/accounts/1001/balance', '/nope', '/docs'])
        assert.equal((await atm.client.get(path)).headers['x-content-type-options'], 'nosniff', path)
    })

    test('lets nobody frame its pages', async () => {
      for (const path of ['/docs', '/docs/']) {
        const { headers } = await atm.client.get(path)
        assert.match(headers['content-type'] ?? '', /^text\/html/)
        assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'/)
      }
    })
  })
}

function preflight(client: Client, path: string, origin: string): Promise<Answer> {
  const headers = {
    Origin: origin,
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': 'content-type,idempotency-key',
  }
  return client.send('OPTIONS', path, { headers })
}

function listIn(answer: Answer, header: string): readonly string[] {
  return String(answer.headers[header] ?? '')
    .toLowerCase()
    .split(/, */)
}

const exposed = ['link', 'location', 'x-request-id', 'idempotency-replayed', 'retry-after']

describe('--cors-origin', () => {
  const atm = serviceForSuite(['--store', 'memory:', '--cors-origin', `${teller}/, HTTP://LocalHost:5173`])

  for (const origin of [teller, 'http://localhost:5173']) {
    test(`lets ${origin} move money and read the answer`, async () => {
      const headers = { Origin: origin, 'Sec-Fetch-Site': 'cross-site' }
      const answer = await atm.client.post('deposit', '1001', '{"amount":"1.00"}', headers)
      assert.equal(answer.status, 200, answer.text)
      assert.equal(answer.headers['access-control-allow-origin'], origin)
      assert.deepEqual(listIn(answer, 'access-control-expose-headers'), exposed)
      assert.deepEqual(listIn(answer, 'vary'), ['origin'])
    })
  }

  test('lets its pages read errors, which depend on Accept too', async () => {
    for (const path of ['/accounts/4711/balance', '/nope']) {
      const answer = await atm.client.send('GET', path, { headers: { Origin: teller } })
      assert.equal(answer.status, 404)
      assert.equal(answer.headers['access-control-allow-origin'], teller)
      assert.deepEqual(listIn(answer, 'vary'), ['accept', 'origin'])
    }
  })

  test('lets its pages read a history, whole and in pages', async () => {
    await atm.client.operate('deposit', '1002', '"1.00"')
    await atm.client.operate('deposit', '1002', '"1.00"')
    for (const query of ['', '?limit=1']) {
      const path = `/accounts/1002/transactions${query}`
      const answer = await atm.client.send('GET', path, { headers: { Origin: teller } })
      assert.equal(answer.headers['access-control-allow-origin'], teller)
      assert.equal(answer.headers['link'] !== undefined, query !== '')
    }
  })

  test('answers a preflight with what its pages may send', async () => {
    for (const path of ['/transfers', '/accounts/1001', '/nope']) {
      const answer = await preflight(atm.client, path, teller)
      assert.equal(answer.status, 204)
      assert.equal(answer.text, '')
      assert.equal(answer.headers['access-control-allow-origin'], teller)
      for (const method of ['get', 'post', 'patch'])
        assert.ok(listIn(answer, 'access-control-allow-methods').includes(method), method)
      for (const header of ['content-type', 'idempotency-key', 'x-request-id'])
        assert.ok(listIn(answer, 'access-control-allow-headers').includes(header), header)
      assert.ok(listIn(answer, 'vary').includes('origin'))
      assert.ok(answer.headers['x-request-id'] !== undefined)
    }
  })

  test('leaves OPTIONS that is no preflight as it was', async () => {
    const answer = await atm.client.send('OPTIONS', '/transfers', { headers: { Origin: teller } })
    assert.equal(answer.status, 405)
    errorIn(answer)
  })

  test('says that answers vary by origin, also to who names none', async () => {
    const answer = await atm.client.get('/accounts/1001/balance')
    assert.deepEqual(listIn(answer, 'vary'), ['origin'])
    assert.equal(answer.headers['access-control-allow-origin'], undefined)
  })
})

describe('without --cors-origin', () => {
  const atm = serviceForSuite(['--store', 'memory:'])

  test('answers are as they were', async () => {
    const answer = await atm.client.send('GET', '/healthz', { headers: { Origin: teller } })
    assert.equal(answer.headers['vary'], undefined)
    assert.equal(answer.headers['access-control-allow-origin'], undefined)
    assert.equal(objectIn(answer)['status'], 'ok')
  })

  test('HTTP/1.0 with an origin and no Host is refused', async () => {
    const request = head('POST /holds/1/capture HTTP/1.0', `Origin: ${teller}`).replace(
      'Host: 127.0.0.1\r\n',
      '',
    )
    assert.equal((await exchange(atm.client.url, request)).status, 403)
  })
})
