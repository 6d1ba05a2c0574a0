import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { describe, test } from 'node:test'
import { type Answer, Client, errorIn, serviceForSuite } from '../support/client.ts'
import { exchange } from '../support/raw.ts'
import { startService } from '../support/service.ts'

/** The status of a request with these lines of Host. */
async function statusFor(url: string, ...hostLines: readonly string[]): Promise<number> {
  return (await health(url, 'HTTP/1.1', ...hostLines)).status
}

function health(url: string, version: string, ...hostLines: readonly string[]): Promise<Answer> {
  return exchange(url, [`GET /healthz ${version}`, ...hostLines, 'Connection: close', '', ''].join('\r\n'))
}

const ownAddresses = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address))

const own = [
  '127.0.0.1',
  '127.0.0.1:8000',
  '127.8.8.8',
  '[::1]:8000',
  '[0:0:0:0:0:0:0:1]',
  'localhost',
  'LocalHost:8000',
  'localhost.:8000',
  'atm.localhost:8000',
  ...ownAddresses,
]

const foreign = [
  'rebound.example',
  'rebound.example:8000',
  '127.0.0.1.example',
  'localhost.example',
  'notlocalhost',
  '127.example',
  'example.com.',
  'x',
  '203.0.113.1',
  '[2001:db8::1]:8000',
]

const malformed = [
  '',
  ' ',
  'localhost, rebound.example',
  'localhost,localhost',
  'localhost:port',
  'localhost:99999',
  'localhost/',
  'http://localhost',
  'somebody@localhost',
  '[::1',
  '[::1::]',
  '127.0.0.256',
  'local host',
  'localhost#',
  'l\u{f6}calhost',
]

describe('a service on a loopback address', () => {
  const atm = serviceForSuite(['--store', 'memory:'])

  for (const host of own) {
    test(`answers for ${host}, also when asked again`, async () => {
      assert.equal(await statusFor(atm.client.url, `Host: ${host}`), 200)
      assert.equal(await statusFor(atm.client.url, `Host: ${host}`), 200)
    })
  }

  for (const host of foreign) {
    test(`refuses requests for ${host} with 421`, async () => {
      const answer = await health(atm.client.url, 'HTTP/1.1', `Host: ${host}`)
      assert.equal(answer.status, 421, answer.text)
      assert.match(errorIn(answer), /--allowed-hosts/)
    })
  }

  for (const host of malformed) {
    test(`refuses ${JSON.stringify(host)} as no Host with 400`, async () => {
      const answer = await health(atm.client.url, 'HTTP/1.1', `Host: ${host}`)
      assert.equal(answer.status, 400, answer.text)
      errorIn(answer)
    })
  }

  test('refuses two Hosts with 400, also the same one twice', async () => {
    assert.equal(await statusFor(atm.client.url, 'Host: localhost', 'Host: localhost'), 400)
    assert.equal(await statusFor(atm.client.url, 'Host: localhost', 'hOST: rebound.example'), 400)
    assert.equal(await statusFor(atm.client.url, 'Host: localhost', 'Hose: rebound.example'), 200)
  })

  test('answers HTTP/1.0 without a Host, and checks the one that it has', async () => {
    assert.equal((await health(atm.client.url, 'HTTP/1.0')).status, 200)
    assert.equal((await health(atm.client.url, 'HTTP/1.0', 'Host: localhost')).status, 200)
    assert.equal((await health(atm.client.url, 'HTTP/1.0', 'Host: rebound.example')).status, 421)
  })

  test('moves no money for a foreign Host, and says nothing of an account', async () => {
    const headers = { Host: 'rebound.example' }
    const refused = await atm.client.post('deposit', '1001', '{"amount":"1.00"}', headers)
    assert.equal(refused.status, 421)
    assert.equal((await atm.client.send('GET', '/accounts/1001/balance', { headers })).status, 421)
    assert.equal(await atm.client.balance('1001'), 500_00n)
  })

  test('goes on answering when many Hosts were named', async () => {
    for (let each = 0; each < 300; each += 1) {
      const headers = { Host: `name-${each}.localhost` }
      assert.equal((await atm.client.send('GET', '/healthz', { headers })).status, 200)
    }
    const headers = { Host: 'rebound.example' }
    assert.equal((await atm.client.send('GET', '/healthz', { headers })).status, 421)
  })
})

describe('a service with --allowed-hosts', () => {
  const args = ['--allowed-hosts', 'bank.example, Teller.Example,192.0.2.7,[2001:db8::7]']
  for (const host of ['127.0.0.1', '0.0.0.0']) {
    test(`on ${host} answers for these and for this machine alone`, async (t) => {
      const service = await startService(['--store', 'memory:', '--host', host, ...args])
      t.after(() => service.stop())
      for (const listed of [
        'bank.example',
        'BANK.example:443',
        'teller.example.',
        '192.0.2.7',
        '[2001:db8:0::7]:80',
      ])
        assert.equal(await statusFor(service.url, `Host: ${listed}`), 200, listed)
      assert.equal(await statusFor(service.url, 'Host: localhost:8000'), 200)
      for (const other of ['rebound.example', 'www.bank.example', 'bank.example.example', '192.0.2.8'])
        assert.equal(await statusFor(service.url, `Host: ${other}`), 421, other)
    })
  }
})

test('a service on all addresses answers for any Host that is one', async (t) => {
  const service = await startService(['--store', 'memory:', '--host', '0.0.0.0'])
  t.after(() => service.stop())
  assert.equal(await statusFor(service.url, 'Host: bank.example'), 200)
  assert.equal(await statusFor(service.url, 'Host: bank.example', 'Host: bank.example'), 400)
  assert.equal(await statusFor(service.url, 'Host: bank.example, bank.example'), 400)
})

test('a service on localhost is on a loopback address', async (t) => {
  const service = await startService(['--store', 'memory:', '--host', 'localhost'])
  t.after(() => service.stop())
  const client = new Client(service.url)
  t.after(() => client.close())
  assert.equal((await client.get('/healthz')).status, 200)
  assert.equal((await client.send('GET', '/healthz', { headers: { Host: 'rebound.example' } })).status, 421)
})
