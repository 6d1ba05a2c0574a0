import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { type Browser, chromium, type Page } from 'playwright-core'

const quietFlags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** What a page did besides showing itself. */
export interface Watched {
  readonly page: Page
  /** Every address it asked for. */
  readonly requests: readonly string[]
  /** What it wrote to the console as an error or a warning, threw, or failed to load. */
  readonly complaints: readonly string[]
}

/** Starts one Chromium with an empty profile for all tests of a file, and ends it after them. */
export function browserForFile(...flags: readonly string[]): { open(url: string): Promise<Watched> } {
  let browser: Browser | undefined
  before(async () => {
    const executablePath = process.env['ATM_TEST_CHROMIUM']
    assert.ok(executablePath !== undefined, 'start this with "npm run test:browser", which finds a Chromium')
    const asRoot = process.getuid?.() === 0
    browser = await chromium.launch({
      executablePath,
      args: [...quietFlags, ...flags, ...(asRoot ? ['--no-sandbox'] : [])],
    })
  })
  after(() => browser?.close())
  return {
    async open(url) {
      assert.ok(browser, 'no browser runs')
      const page = await browser.newPage()
      const watched = watch(page)
      await page.goto(url, { waitUntil: 'networkidle' })
      return watched
    },
  }
}

function watch(page: Page): Watched {
  const requests: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  page.on('requestfailed', (request) => complaints.push(`not loaded: ${request.url()}`))
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`)
  })
  page.on('pageerror', (error) => complaints.push(`thrown: ${error.message}`))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`console: ${message.text()}`)
  })
  return { page, requests, complaints }
}
