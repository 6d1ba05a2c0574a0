import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { Client } from '../support/client.ts'
import { ask, placeHold } from '../support/requests.ts'
import { type Service, startService } from '../support/service.ts'
import { browserForFile, type Watched } from './browser.ts'

/** A site of somebody else's, whose page is what its address says after `?`. */
async function startSite(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer(({ url = '' }, response) => {
    const content = decodeURIComponent(url.split('?')[1] ?? '')
    response.setHeader('content-type', 'text/html').end(`<!doctype html><title>A site</title>${content}`)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return { server, port: address.port }
}

interface Sent {
  readonly method?: string
  readonly mode?: 'no-cors'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Lets the page send the request, and answers the status it sees: 0 where it may not look, -1 where nothing came back. */
function sendFrom(page: Page, url: string, init: Sent = {}): Promise<number> {
  return page.evaluate(
    async (sent) => {
      try {
        return (await fetch(sent.url, sent.init)).status
      } catch {
        return -1
      }
    },
    { url, init },
  )
}

describe('a page of another origin', () => {
  const browser = browserForFile('--host-resolver-rules=MAP *.example 127.0.0.1')
  let site: Awaited<ReturnType<typeof startSite>>
  let service: Service
  let client: Client
  before(async () => {
    site = await startSite()
    service = await startService([
      '--store',
      'memory:',
      '--cors-origin',
      `http://teller.example:${site.port}`,
    ])
    client = new Client(service.url)
  })
  after(async () => {
    client.close()
    await service.stop()
    site.server.close()
  })

  function openAt(host: string, content = ''): Promise<Watched> {
    return browser.open(`http://${host}:${site.port}/?${encodeURIComponent(content)}`)
  }

  async function statusOfHold(id: string): Promise<unknown> {
    return (await ask(client, 'GET', `/holds/${id}`)).body['status']
  }

  for (const host of ['attacker.example', '127.0.0.1', 'localhost']) {
    test(`at ${host} cannot capture a hold by fetch`, async () => {
      const id = await placeHold(client, '1002', 1n)
      const { page } = await openAt(host)
      const sent = page.waitForResponse(`${service.url}/holds/${id}/capture`)
      const seen = await sendFrom(page, `${service.url}/holds/${id}/capture`, {
        method: 'POST',
        mode: 'no-cors',
      })
      assert.equal(seen, 0, 'it was sent, and the page may not look')
      assert.equal((await sent).status(), 403)
      assert.equal(await statusOfHold(id), 'open')
    })

    test(`at ${host} cannot capture a hold by a form`, async () => {
      const id = await placeHold(client, '1002', 1n)
      const url = `${service.url}/holds/${id}/capture`
      const { page } = await openAt(host, `<form method="post" action="${url}"><button>Win</button></form>`)
      const sent = page.waitForResponse(url)
      await page.locator('button').click()
      assert.equal((await sent).status(), 403)
      assert.equal(await statusOfHold(id), 'open')
    })

    test(`at ${host} cannot read a balance`, async () => {
      const { page } = await openAt(host)
      assert.equal(await sendFrom(page, `${service.url}/accounts/1001/balance`), -1)
    })
  }

  test('whose name resolves to the service sees nothing of it', async () => {
    const { page } = await browser.open(`http://rebound.example:${new URL(service.url).port}/healthz`)
    const id = await placeHold(client, '1002', 1n)
    assert.equal(await sendFrom(page, '/accounts/1001/balance'), 421)
    assert.equal(await sendFrom(page, `/holds/${id}/capture`, { method: 'POST' }), 421)
    assert.equal(await statusOfHold(id), 'open')
  })

  test('that is listed moves money and reads the answer', async () => {
    const { page } = await openAt('teller.example')
    const init = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'from-the-front-end' },
      body: '{"amount":"1.00"}',
    }
    const url = `${service.url}/accounts/1001/deposit`
    const opening = await client.balance('1001')
    assert.equal(await sendFrom(page, url, init), 200)
    const replayed = await page.evaluate(
      async (sent) => (await fetch(sent.url, sent.init)).headers.get('Idempotency-Replayed'),
      { url, init },
    )
    assert.equal(replayed, 'true')
    assert.equal(await client.balance('1001'), opening + 1_00n)
    assert.equal(await sendFrom(page, `${service.url}/accounts/4711`, { method: 'PATCH' }), 422)
  })

  test('cannot frame the documentation', async () => {
    const { complaints } = await openAt('attacker.example', `<iframe src="${service.url}/docs"></iframe>`)
    assert.ok(
      complaints.some((complaint) => complaint.includes('frame-ancestors')),
      complaints.join('\n'),
    )
  })
})
