import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { OutgoingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { catalogue, type ProblemCode } from '../../src/http/errors/catalogue.ts'
import { isReason, type Reason, rejections } from '../../src/ledger/rejections.ts'
import { type Client, isRecord, moneyOf, serviceForSuite } from '../support/client.ts'
import { exchange, head } from '../support/raw.ts'
import {
  ask,
  captureHold,
  changeAccount,
  expectStatus,
  moveCash,
  openAccount,
  placeHold,
  releaseHold,
  reverse,
  textIn,
  type Told,
  transfer,
  tryToHold,
} from '../support/requests.ts'
import { type AtmReason, atmReasons } from '../atm/atm-reasons.ts'
import { projectRoot } from '../support/service.ts'

interface CatalogueRow {
  readonly code: string
  readonly status: number
  readonly kept: string
  readonly meaning: string
}

const page = readFileSync(join(projectRoot, 'docs', 'errors.md'), 'utf8')
const rows: readonly CatalogueRow[] = page.split('\n').flatMap((line) => {
  const [, code, status, kept, meaning] = /^\| `(\w+)` +\| (\d+) +\| (\w+) +\| (.+?) +\|$/.exec(line) ?? []
  return code === undefined || kept === undefined || meaning === undefined
    ? []
    : [{ code, status: Number(status), kept, meaning }]
})

describe('the catalogue of errors', () => {
  test('has every code of the service and no other, in order of precedence, with its status', () => {
    assert.deepEqual(
      rows.map(({ code, status }) => [code, status]),
      Object.entries(catalogue).map(([code, [status]]) => [code, status]),
    )
  })

  test('has the reasons of the ledger in the order of the ledger', () => {
    const reasons = rows.map(({ code }) => code).filter(isReason)
    assert.deepEqual(reasons, Object.keys(rejections))
  })

  test('has the sentence of each reason of the ledger, and says whether it is kept', () => {
    for (const { code, kept, meaning } of rows) {
      if (!isReason(code)) continue
      assert.equal(meaning, catalogue[code][1])
      assert.equal(kept, rejections[code] === 'decline' ? 'yes' : 'no', code)
    }
  })

  test('answers declines with 400 and refusals with 401, 403, 404, 409 or 422', () => {
    for (const [reason, kind] of Object.entries(rejections)) {
      assert.ok(isReason(reason))
      const [status]: readonly [number, string] = catalogue[reason]
      assert.ok(kind === 'decline' ? status === 400 : [401, 403, 404, 409, 422].includes(status), reason)
    }
  })
})

/** What cannot be had from a service that is well, or only by waiting long. */
const notProvoked: readonly ProblemCode[] = [
  'request_timeout',
  'internal_error',
  'unavailable',
  'outcome_unknown',
]

type Provocation = (client: Client) => Promise<Told>

const post = (path: string, body: object, key?: string): Provocation => {
  return (client) => ask(client, 'POST', path, body, key)
}
const get = (path: string): Provocation => {
  return (client) => ask(client, 'GET', path)
}

const accept = { Accept: 'application/problem+json' }

/** A request with headers that `ask` would never send. */
function from(headers: OutgoingHttpHeaders, path: string): Provocation {
  return async (client) => toldOf(await client.send('POST', path, { headers: { ...accept, ...headers } }))
}

/** What `ask` would never send. */
function sending(path: string, contentType: string, body: string): Provocation {
  return async (client) => {
    const headers = { ...accept, 'Content-Type': contentType }
    return toldOf(await client.send('POST', path, { headers, body }))
  }
}

/** Asks for a file of the docs with a header about it. */
function gettingFile(header: string, value: string): Provocation {
  return async (client) => {
    const headers = { ...accept, [header]: value }
    return toldOf(await client.send('GET', '/docs/static/index.css', { headers }))
  }
}

function toldOf({ status, text }: { readonly status: number; readonly text: string }): Told {
  const body: unknown = JSON.parse(text)
  assert.ok(isRecord(body), text)
  const { code } = body
  return { status, code: typeof code === 'string' ? code : undefined, replayed: false, body, text }
}

const deposit = '/accounts/1001/deposit'

const ofTheRequest: Readonly<Partial<Record<ProblemCode, Provocation>>> = {
  expectation_failed: async (client) =>
    toldOf(
      await exchange(
        client.url,
        head('GET /healthz HTTP/1.1', 'Accept: application/problem+json', 'Expect: wonders'),
      ),
    ),
  malformed_request: async (client) =>
    toldOf(
      await exchange(
        client.url,
        'GET /healthz HTTP/1.1\r\nConnection: close\r\nAccept: application/problem+json\r\n\r\n',
      ),
    ),
  host_not_allowed: from({ Host: 'rebound.example' }, deposit),
  origin_not_allowed: from({ Origin: 'https://rebound.example' }, deposit),
  route_not_found: get('/nope'),
  method_not_allowed: post('/accounts/1001/balance', {}),
  precondition_failed: gettingFile('If-Match', '"another"'),
  range_not_satisfiable: gettingFile('Range', 'bytes=99999999-'),
  unsupported_media_type: sending(deposit, 'text/plain', 'hello'),
  body_too_large: sending(deposit, 'application/json', `{"amount":"${'1'.repeat(20_000)}"}`),
  malformed_json: sending(deposit, 'application/json', '{"amount":'),
  invalid_body: sending(deposit, 'application/json', '[]'),
  invalid_account_number: post('/accounts', { account_number: '-1', name: 'Somebody' }),
  invalid_name: post('/accounts', { name: '' }),
  invalid_status: (client) => changeAccount(client, '1001', { status: 'lost' }),
  invalid_limits: (client) => changeAccount(client, '1001', { limits: { daily_count: -1 } }),
  invalid_expiry: post('/accounts/1001/holds', { amount: '1.00', expires_in: 0 }),
  invalid_original: post('/reversals', { transaction_id: '1', idempotency_key: 'k' }),
  invalid_amount: post(deposit, { amount: '0' }),
  invalid_reference: post(deposit, { amount: '1.00', reference: 'x'.repeat(141) }),
  invalid_page: get('/accounts/1001/transactions?limit=0'),
  invalid_filter: get('/accounts/1001/transactions?type=theft'),
  invalid_time: get('/accounts/1001/balance?at=noon'),
  invalid_idempotency_key: post(deposit, { amount: '1.00' }, 'with space'),
}

/** Each on accounts of its own. Those of cash machines have tests of their own. */
const ofTheLedger: Readonly<Record<Exclude<Reason, AtmReason>, Provocation>> = {
  idempotency_key_reused: async (client) => {
    await ask(client, 'POST', deposit, { amount: '1.00' }, 'used')
    return ask(client, 'POST', deposit, { amount: '2.00' }, 'used')
  },
  idempotency_key_closed: async (client) => {
    await reverse(client, { idempotency_key: 'never-arrived' })
    return ask(client, 'POST', deposit, { amount: '1.00' }, 'never-arrived')
  },
  same_account: (client) => transfer(client, { from: '1001', to: '1001', cents: 1n }),
  account_exists: post('/accounts', { account_number: '1001', name: 'Somebody' }),
  account_not_found: get('/accounts/4711'),
  hold_not_found: get('/holds/4711'),
  transaction_not_found: get('/transactions/999999'),
  not_reversible: async (client) => {
    const moved = await transfer(client, { from: '1002', to: '1001', cents: 1n })
    const reversal = await reverse(client, { transaction_id: textIn(moved, 'transaction_id') })
    const { transaction } = reversal.body
    assert.ok(isRecord(transaction) && typeof transaction['id'] === 'string', reversal.text)
    return reverse(client, { transaction_id: transaction['id'] })
  },
  account_closed: async (client) => {
    await openAccount(client, 'closed', 0n)
    await changeAccount(client, 'closed', { status: 'closed' })
    return moveCash(client, 'deposit', 'closed', 1n)
  },
  account_frozen: async (client) => {
    await openAccount(client, 'frozen', 100n)
    await changeAccount(client, 'frozen', { status: 'frozen' })
    return moveCash(client, 'withdraw', 'frozen', 1n)
  },
  hold_captured: async (client) => {
    const id = await placeHold(client, '1002', 1n)
    await captureHold(client, id)
    return releaseHold(client, id)
  },
  hold_released: async (client) => {
    const id = await placeHold(client, '1002', 1n)
    await releaseHold(client, id)
    return captureHold(client, id)
  },
  hold_expired: async (client) => {
    const body = { amount: '0.01', expires_in: 1 }
    const hold = await ask(client, 'POST', '/accounts/1002/holds', body)
    const id = textIn(hold, 'id')
    let { status } = hold.body
    while (status === 'open') ({ status } = (await ask(client, 'GET', `/holds/${id}`)).body)
    return captureHold(client, id)
  },
  capture_exceeds_hold: async (client) => captureHold(client, await placeHold(client, '1002', 1n), 2n),
  reversal_exceeds_transaction: async (client) => {
    const moved = await transfer(client, { from: '1002', to: '1001', cents: 1n })
    return reverse(client, { transaction_id: textIn(moved, 'transaction_id') }, 2n)
  },
  account_has_balance: (client) => changeAccount(client, '1001', { status: 'closed' }),
  account_has_holds: async (client) => {
    await openAccount(client, 'holding', 0n)
    await changeAccount(client, 'holding', { limits: { overdraft: '1.00' } })
    await placeHold(client, 'holding', 1n)
    return changeAccount(client, 'holding', { status: 'closed' })
  },
  too_many_holds: async (client) => {
    await openAccount(client, 'many-holds', 2_000n)
    for (let group = 0; group < 20; group += 1) {
      await Promise.all(Array.from({ length: 50 }, () => placeHold(client, 'many-holds', 1n)))
    }
    return tryToHold(client, 'many-holds', 1n)
  },
  withdrawal_limit_exceeded: async (client) => {
    await openAccount(client, 'limited', 1_000n)
    await changeAccount(client, 'limited', { limits: { withdrawal: '1.00' } })
    return moveCash(client, 'withdraw', 'limited', 101n)
  },
  daily_amount_limit_exceeded: async (client) => {
    await openAccount(client, 'limited-day', 1_000n)
    await changeAccount(client, 'limited-day', { limits: { daily_amount: '1.00' } })
    return moveCash(client, 'withdraw', 'limited-day', 101n)
  },
  daily_count_limit_exceeded: async (client) => {
    await openAccount(client, 'limited-count', 1_000n)
    await changeAccount(client, 'limited-count', { limits: { daily_count: 0 } })
    return moveCash(client, 'withdraw', 'limited-count', 1n)
  },
  insufficient_funds: (client) => moveCash(client, 'withdraw', '9999', 1n),
  balance_limit_exceeded: async (client) => {
    const most = 2n ** 63n - 1n
    await openAccount(client, 'rich', 100n)
    return ask(client, 'POST', '/accounts/rich/deposit', { amount: moneyOf(most) })
  },
  cash_limit_exceeded: async (client) => {
    let told = await moveCash(client, 'deposit', await openAccount(client, 'owner-0', 0n), 2n ** 63n - 1n)
    // Each drawer can give this once at most, and there are eight.
    for (let owner = 1; told.status === 200 && owner <= 8; owner += 1)
      told = await moveCash(
        client,
        'deposit',
        await openAccount(client, `owner-${owner}`, 0n),
        2n ** 63n - 1n,
      )
    expectStatus(await moveCash(client, 'deposit', '1001', 1n), 200)
    return told
  },
}

describe('each error', () => {
  const atm = serviceForSuite()
  const provocations = { ...ofTheRequest, ...ofTheLedger }

  test('is provoked here, but for those that need a service in trouble', () => {
    const tested = [...Object.keys(provocations), 'headers_too_large', ...notProvoked, ...atmReasons]
    assert.deepEqual(tested.toSorted(), rows.map(({ code }) => code).toSorted())
  })

  for (const [code, provoke] of Object.entries(provocations)) {
    test(`that is ${code} says so`, async () => {
      const told = await provoke(atm.client)
      assert.equal(told.code, code, told.text)
      assert.equal(told.status, rows.find((row) => row.code === code)?.status)
    })
  }

  test('of headers that are too large has its status', async () => {
    const big = head('GET /healthz HTTP/1.1', `X-Big: ${'x'.repeat(20_000)}`)
    assert.equal((await exchange(atm.client.url, big)).status, catalogue.headers_too_large[0])
  })
})

describe('of several errors', () => {
  const atm = serviceForSuite()
  const cases: readonly (readonly [ProblemCode, Provocation])[] = [
    ['malformed_request', from({ Host: 'a b', Origin: 'null' }, '/nope')],
    ['host_not_allowed', from({ Host: 'rebound.example', Origin: 'null' }, '/nope')],
    ['origin_not_allowed', from({ Origin: 'null' }, '/nope')],
    ['route_not_found', sending('/nope', 'text/plain', 'x')],
    ['method_not_allowed', sending('/accounts/4711/balance', 'text/plain', 'x')],
    ['unsupported_media_type', sending('/accounts/4711/deposit', 'text/plain', 'x'.repeat(20_000))],
    ['malformed_json', sending('/accounts/4711/deposit', 'application/json', '{')],
    ['invalid_amount', post('/accounts/4711/deposit', { amount: '0' })],
    ['invalid_filter', get('/accounts/4711/transactions?type=theft')],
    ['invalid_time', get('/accounts/4711/statement?from=noon')],
    ['same_account', post('/transfers', { from: '4711', to: '4711', amount: '1.00' })],
    ['account_not_found', post('/transfers', { from: '4711', to: '1001', amount: '99999.00' })],
  ]

  for (const [code, provoke] of cases) {
    test(`${code} is told before what stands below it in the catalogue`, async () => {
      assert.equal((await provoke(atm.client)).code, code)
    })
  }
})
