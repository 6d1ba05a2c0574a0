import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createServer, type Server } from 'node:tls'
import type { Page } from 'playwright-core'
import { Client } from '../support/client.ts'
import { projectRoot, type Service, startService } from '../support/service.ts'
import { browserForFile, type Watched } from './browser.ts'

/** An address of this machine that other machines would use. */
function outsideAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((interfaces) => interfaces ?? [])
  return addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address
}

/** A proxy that ends TLS and passes on what is in it, as it is. */
async function startTlsProxy(port: number): Promise<Server> {
  const [key, cert] = ['server.key', 'server.crt'].map((file) =>
    readFileSync(join(projectRoot, 'test', 'support', 'tls', file)),
  )
  const proxy = createServer({ key, cert }, (outside) => {
    const inside = connect(port, '127.0.0.1')
    outside.on('error', () => inside.destroy())
    inside.on('error', () => outside.destroy())
    outside.pipe(inside).pipe(outside)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return proxy
}

/** Only http, and only of the service itself; `data:` and `blob:` are parts of the page. */
function expectOnlyFrom(origin: string, { requests, complaints }: Watched): void {
  const elsewhere = requests.filter((url) => /^(?:https?|wss?):/.test(url) && new URL(url).origin !== origin)
  assert.deepEqual(elsewhere, [], 'the page asks no other host')
  assert.deepEqual(complaints, [], 'nothing fails on the page')
  assert.ok(requests.length > 2, 'the page loads its parts')
}

/** Fills in the form of the deposit and answers the status that the page then shows. */
async function tryDeposit(page: Page, account: string, body: string): Promise<string> {
  const operation = page.locator('.opblock-post').filter({ hasText: '/accounts/{account_number}/deposit' })
  await operation.locator('.opblock-summary-control').click()
  const tryItOut = operation.locator('.try-out__btn')
  // The page may open with the form ready, and the same button then reads "Cancel".
  if ((await tryItOut.innerText()).trim() === 'Try it out') await tryItOut.click()
  await operation.locator('tr[data-param-name="account_number"] input').fill(account)
  // The form proposes one key for all, and a key that was used may not name another deposit.
  await operation.locator('tr[data-param-name="idempotency-key" i] input').fill(`from-the-docs-${account}`)
  await operation.locator('textarea.body-param__text').fill(body)
  await operation.getByRole('button', { name: 'Execute' }).click()
  const status = operation.locator('.live-responses-table .response .response-col_status')
  return (await status.innerText()).trim()
}

describe('the interactive documentation', () => {
  const browser = browserForFile('--ignore-certificate-errors')
  let service: Service
  before(async () => {
    service = await startService(['--store', 'memory:', '--host', '0.0.0.0'])
  })
  after(() => service.stop())

  /** The service at the address, which a service on 0.0.0.0 has many of. */
  function at(address: string): string {
    return `http://${address}:${new URL(service.url).port}`
  }

  test('loads whole from the service itself and lists every endpoint', async () => {
    const watched = await browser.open(`${at('127.0.0.1')}/docs`)
    const summaries = watched.page.locator('.opblock-summary-path')
    await summaries.first().waitFor()
    const paths = await summaries.allInnerTexts()
    const listed = paths.map((path) => path.replaceAll('\u{200b}', '')).join(' ')
    for (const path of ['balance', 'deposit', 'withdraw', 'transactions']) {
      assert.match(listed, new RegExp(`/accounts/{account_number}/${path}\\b`))
    }
    assert.match(listed, /\/healthz/)
    expectOnlyFrom(at('127.0.0.1'), watched)
  })

  test('"Try it out" makes a deposit', async () => {
    const client = new Client(at('127.0.0.1'))
    const opening = await client.balance('1001')
    const watched = await browser.open(`${at('127.0.0.1')}/docs`)
    assert.equal(await tryDeposit(watched.page, '1001', '{"amount":"10.00"}'), '200')
    assert.equal(await client.balance('1001'), opening + 10_00n)
    client.close()
    expectOnlyFrom(at('127.0.0.1'), watched)
  })

  test('works behind a proxy that ends TLS', async (t) => {
    const proxy = await startTlsProxy(Number(new URL(service.url).port))
    t.after(() => proxy.close())
    const address = proxy.address()
    assert.ok(typeof address === 'object' && address !== null)
    const origin = `https://localhost:${address.port}`
    const watched = await browser.open(`${origin}/docs`)
    assert.equal(await tryDeposit(watched.page, '9999', '{"amount":"1.00"}'), '200')
    expectOnlyFrom(origin, watched)
  })

  test('works over plain HTTP from another host, where nothing may ask for https', async (t) => {
    const address = outsideAddress() ?? '127.0.0.2'
    if (outsideAddress() === undefined)
      t.diagnostic('this machine has no outside address: 127.0.0.2 stands in')
    const client = new Client(at(address))
    const opening = await client.balance('1002')
    const watched = await browser.open(`${at(address)}/docs`)
    assert.equal(await tryDeposit(watched.page, '1002', '{"amount":"2.50"}'), '200')
    assert.equal(await client.balance('1002'), opening + 2_50n)
    client.close()
    expectOnlyFrom(at(address), watched)
  })
})
