import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { centsOf, type Client, errorIn, moneyOf, objectIn, serviceForSuite } from '../support/client.ts'
import { rowsOfCsv } from '../support/csv.ts'
import { inParallel } from '../support/load.ts'
import {
  ask,
  captureHold,
  centsIn,
  expectStatus,
  listIn,
  moveCash,
  openAccount,
  placeHold,
  reverse,
  textIn,
  type Told,
  transfer,
} from '../support/requests.ts'

const isIn: Readonly<Record<string, boolean>> = {
  deposit: true,
  transfer_in: true,
  reversal_in: true,
  withdraw: false,
  transfer_out: false,
  capture: false,
  reversal_out: false,
}

async function statementOf(client: Client, account: string, query = ''): Promise<Told> {
  return expectStatus(await ask(client, 'GET', `/accounts/${account}/statement${query}`), 200)
}

/** Fails at the first line, total or balance that does not follow from what stands before it. */
function assertFollows(statement: Told): void {
  let balance = centsIn(statement, 'opening_balance')
  let totalIn = 0n
  let totalOut = 0n
  for (const line of listIn(statement, 'lines')) {
    const amount = centsIn(line, 'amount')
    if (isIn[textIn(line, 'type')]) totalIn += amount
    else totalOut += amount
    balance += isIn[textIn(line, 'type')] ? amount : -amount
    assert.equal(centsIn(line, 'balance'), balance, line.text)
  }
  assert.equal(centsIn(statement, 'closing_balance'), balance)
  assert.deepEqual([centsIn(statement, 'total_in'), centsIn(statement, 'total_out')], [totalIn, totalOut])
}

describe('a statement', () => {
  const atm = serviceForSuite()

  /** Every kind of transaction there is. */
  before(async () => {
    const { client } = atm
    await openAccount(client, 'all-kinds', 10_000n)
    const note = { amount: '1.00', reference: 'first, "and" last' }
    await ask(client, 'POST', '/accounts/all-kinds/deposit', note)
    await moveCash(client, 'withdraw', 'all-kinds', 200n)
    const out = await transfer(client, { from: 'all-kinds', to: '1002', cents: 300n, reference: 'rent' })
    const back = await transfer(client, { from: '1001', to: 'all-kinds', cents: 400n })
    await captureHold(client, await placeHold(client, 'all-kinds', 500n), 450n)
    await reverse(client, { transaction_id: textIn(out, 'transaction_id') }, 100n)
    await reverse(client, { transaction_id: textIn(back, 'transaction_id') }, 50n)
  })

  test('tells all that moved money, with the balance after it, the totals and both balances', async () => {
    const statement = await statementOf(atm.client, 'all-kinds')
    assert.deepEqual(Object.keys(statement.body), [
      'account_number',
      'from',
      'to',
      'opening_balance',
      'lines',
      'total_in',
      'total_out',
      'closing_balance',
    ])
    const { lines, ...rest } = statement.body
    assert.deepEqual(rest, {
      account_number: 'all-kinds',
      from: null,
      to: null,
      opening_balance: '0.00',
      total_in: '106.00',
      total_out: '10.00',
      closing_balance: '96.00',
    })
    assert.ok(Array.isArray(lines))
    assertFollows(statement)
    const shown = listIn(statement, 'lines')
    assert.deepEqual(
      shown.map(({ body }) => [body['type'], body['amount'], body['counterparty'], body['reference']]),
      [
        ['deposit', '100.00', null, null],
        ['deposit', '1.00', null, 'first, "and" last'],
        ['withdraw', '2.00', null, null],
        ['transfer_out', '3.00', '1002', 'rent'],
        ['transfer_in', '4.00', '1001', null],
        ['capture', '4.50', null, null],
        ['reversal_in', '1.00', '1002', null],
        ['reversal_out', '0.50', '1001', null],
      ],
    )
    for (const { body } of shown) {
      assert.deepEqual(Object.keys(body), [
        'id',
        'ts',
        'type',
        'amount',
        'balance',
        'counterparty',
        'reference',
        'reverses',
        'hold_id',
      ])
    }
    assert.equal(shown[6]?.body['reverses'], shown[3]?.body['id'])
    assert.equal(typeof shown[5]?.body['hold_id'], 'string')
  })

  test('is streamed', async () => {
    const { headers } = await atm.client.get('/accounts/all-kinds/statement')
    assert.equal(headers['content-length'], undefined)
  })

  test('of an account with no transaction begins and ends with its balance', async () => {
    for (const query of ['', '?from=1999-01-01&to=2001-01-01', '?from=9999-01-01', '?to=2001-01-01']) {
      const statement = await statementOf(atm.client, '9999', query)
      assert.deepEqual(statement.body['lines'], [])
      assertFollows(statement)
      assert.equal(statement.body['closing_balance'], '0.00')
    }
  })

  test('of an account that was opened with a balance begins with it', async () => {
    await moveCash(atm.client, 'deposit', '1002', 1n)
    for (const query of ['', '?from=1999-01-01', '?to=9999-12-31']) {
      const statement = await statementOf(atm.client, '1002', query)
      assert.equal(statement.body['opening_balance'], '1250.75')
      assertFollows(statement)
    }
    const early = await statementOf(atm.client, '1002', '?to=2001-01-01')
    assert.deepEqual(early.body['lines'], [])
    assert.equal(early.body['closing_balance'], '1250.75')
  })

  test('of a period long past or still to come has no line', async () => {
    const past = await statementOf(atm.client, 'all-kinds', '?from=1980-01-01&to=1980-12-31')
    const future = await statementOf(atm.client, 'all-kinds', '?from=9998-01-01&to=9998-12-31')
    for (const [statement, balance] of [
      [past, '0.00'],
      [future, '96.00'],
    ] as const) {
      assert.deepEqual(statement.body['lines'], [])
      assert.equal(statement.body['opening_balance'], balance)
      assertFollows(statement)
    }
  })

  test('of any period agrees with the balances at its ends', async () => {
    const { client } = atm
    await openAccount(client, 'periods', 5_000n)
    for (let cents = 1n; cents <= 25n; cents += 1n) {
      await moveCash(client, cents % 3n === 0n ? 'withdraw' : 'deposit', 'periods', cents)
    }
    const whole = listIn(await statementOf(client, 'periods'), 'lines')
    const balanceAt = async (atMs: number): Promise<unknown> => {
      const at = new Date(atMs).toISOString()
      return (await ask(client, 'GET', `/accounts/periods/balance?at=${at}`)).body['balance']
    }
    for (const [index, line] of whole.entries()) {
      const atMs = Date.parse(textIn(line, 'ts'))
      for (const fromMs of [atMs, atMs + 1]) {
        const toMs = Math.max(fromMs, Date.parse(textIn(whole[index + 3] ?? line, 'ts')))
        const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()]
        const statement = await statementOf(client, 'periods', `?from=${from}&to=${to}`)
        assertFollows(statement)
        assert.deepEqual([statement.body['from'], statement.body['to']], [from, to])
        assert.equal(statement.body['opening_balance'], await balanceAt(fromMs - 1))
        assert.equal(statement.body['closing_balance'], await balanceAt(toMs))
        const within = whole.filter((each) => {
          const ts = Date.parse(textIn(each, 'ts'))
          return ts >= fromMs && ts <= toMs
        })
        assert.deepEqual(listIn(statement, 'lines'), within)
      }
    }
  })

  test('agrees with itself while others post', async () => {
    const { client } = atm
    await openAccount(client, 'busy', 1_000n)
    const writes = inParallel(Array.from({ length: 600 }), 16, async () => {
      expectStatus(await moveCash(client, 'deposit', 'busy', 1n), 200)
    })
    const reads = async (): Promise<void> => {
      let latest = 0
      for (let time = 0; time < 20; time += 1) {
        const statement = await statementOf(client, 'busy')
        assertFollows(statement)
        const count = listIn(statement, 'lines').length
        assert.ok(count >= latest)
        latest = count
      }
    }
    await Promise.all([writes, reads(), reads()])
    const statement = await statementOf(client, 'busy')
    assert.equal(listIn(statement, 'lines').length, 601)
    assert.equal(statement.body['closing_balance'], '16.00')
  })

  test('names each counterparty, however many there are', async () => {
    const { client } = atm
    await openAccount(client, 'popular', 0n)
    const payers = Array.from({ length: 120 }, (_, index) => `payer-${index}`)
    await inParallel(payers, 8, async (payer) => {
      await openAccount(client, payer, 100n)
      expectStatus(await transfer(client, { from: payer, to: 'popular', cents: 1n, reference: payer }), 200)
    })
    const lines = listIn(await statementOf(client, 'popular'), 'lines')
    assert.equal(lines.length, payers.length)
    for (const line of lines) assert.equal(line.body['counterparty'], line.body['reference'])
  })

  test('of an account that does not exist is 404', async () => {
    const answer = await atm.client.get('/accounts/4711/statement')
    assert.equal(answer.status, 404)
    assert.equal(errorIn(answer), 'account not found')
  })

  for (const query of ['from=', 'to=now', 'from=2026-02-30', 'from=2026-11-23&to=2026-11-22', 'to=1&to=2']) {
    test(`of the period ${query} is 422, also of an account that does not exist`, async () => {
      for (const account of ['1001', '4711']) {
        const answer = await atm.client.get(`/accounts/${account}/statement?${query}`)
        assert.equal(answer.status, 422, answer.text)
        errorIn(answer)
      }
    })
  }
})

describe('a statement as CSV', () => {
  const atm = serviceForSuite()

  const csvOf = async (account: string, query = ''): Promise<string> => {
    const headers = { Accept: 'text/csv' }
    const answer = await atm.client.send('GET', `/accounts/${account}/statement${query}`, { headers })
    assert.equal(answer.status, 200, answer.text)
    assert.equal(answer.headers['content-type'], 'text/csv; charset=utf-8; header=present')
    return answer.text
  }

  test('has a header, the opening balance, the lines, the closing balance and the totals', async () => {
    await moveCash(atm.client, 'deposit', '1002', 100n)
    const sent = await transfer(atm.client, { from: '1002', to: '1001', cents: 300n, reference: 'rent' })
    const [deposit = '', transferred = ''] = listIn(await statementOf(atm.client, '1002'), 'lines').map(
      (line) => `${textIn(line, 'ts')},${textIn(line, 'id')}`,
    )
    assert.ok(transferred.endsWith(`,${textIn(sent, 'transaction_id')}`))
    assert.equal(
      await csvOf('1002'),
      [
        'ts,id,type,amount_in,amount_out,balance,counterparty,reference,reverses,hold_id',
        ',,opening balance,,,1250.75,,,,',
        `${deposit},deposit,1.00,,1251.75,,,,`,
        `${transferred},transfer_out,,3.00,1248.75,1001,rent,,`,
        ',,closing balance,,,1248.75,,,,',
        ',,totals,1.00,3.00,,,,,',
        '',
      ].join('\r\n'),
    )
  })

  test('has the ends of its period beside the balances', async () => {
    const rows = rowsOfCsv(await csvOf('9999', '?from=2026-01-01&to=2026-01-31'))
    assert.deepEqual(
      rows.map(({ ts, type }) => [ts, type]),
      [
        ['2026-01-01T00:00:00.000Z', 'opening balance'],
        ['2026-01-31T23:59:59.999Z', 'closing balance'],
        ['', 'totals'],
      ],
    )
  })

  test('tells the same as JSON does', async () => {
    const { client } = atm
    await openAccount(client, 'same', 100_000n)
    await inParallel(
      Array.from({ length: 130 }, (_, index) => index),
      8,
      async (index) => {
        if (index % 2 === 0) await moveCash(client, 'deposit', 'same', BigInt(index + 1))
        else await transfer(client, { from: 'same', to: '1001', cents: BigInt(index), reference: 'a, "b"' })
      },
    )
    const statement = await statementOf(client, 'same')
    const rows = rowsOfCsv(await csvOf('same'))
    assert.equal(rows[0]?.['balance'], statement.body['opening_balance'])
    assert.equal(rows.at(-2)?.['balance'], statement.body['closing_balance'])
    assert.equal(rows.at(-1)?.['amount_in'], statement.body['total_in'])
    assert.equal(rows.at(-1)?.['amount_out'], statement.body['total_out'])
    const told = listIn(statement, 'lines').map(({ body: { amount, type, ...line } }) => ({
      ...line,
      type,
      amount_in: isIn[String(type)] ? amount : '',
      amount_out: isIn[String(type)] ? '' : amount,
    }))
    const asText = told.map((line) =>
      Object.fromEntries(Object.entries(line).map(([name, value]) => [name, value ?? ''])),
    )
    assert.deepEqual(rows.slice(1, -2), asText)
  })

  test('has a balance below zero as a number', async () => {
    await openAccount(atm.client, 'overdrawn', 0n)
    await ask(atm.client, 'PATCH', '/accounts/overdrawn', { limits: { overdraft: '10.00' } })
    await moveCash(atm.client, 'withdraw', 'overdrawn', 250n)
    const rows = rowsOfCsv(await csvOf('overdrawn'))
    assert.deepEqual(
      rows.map(({ balance }) => balance),
      ['0.00', '-2.50', '-2.50', ''],
    )
  })

  test('is offered as a file with a safe name', async () => {
    const answer = await atm.client.send('GET', '/accounts/1001/statement', {
      headers: { Accept: 'text/csv' },
    })
    assert.equal(answer.headers['content-disposition'], 'attachment; filename="statement-1001.csv"')
    assert.equal(answer.headers['vary'], 'Accept')
  })

  for (const [accept, isCsv] of [
    ['text/csv', true],
    ['TEXT/CSV', true],
    ['text/csv; charset=utf-8; header=present', true],
    ['text/*', true],
    ['text/csv, application/json;q=0.9', true],
    ['text/csv, */*', true],
    ['text/csv, application/json', true],
    ['text/csv;q=0.2, */*;q=0.1', true],
    ['application/json;q=0.5, text/csv;q=0.6', true],
    ['application/json;q=0, text/csv;q=0.1', true],
    ['application/json, text/csv', false],
    ['text/csv;q=0.9, application/json', false],
    ['text/csv;q=0.9, */*', false],
    ['text/csv;q=0', false],
    ['text/csv;q=high', false],
    ['text/html, text/csv;q=0, */*;q=0.1', false],
    ['application/json;type="text/csv"', false],
    ['application/problem+json', false],
    ['application/json', false],
    ['text/html', false],
    ['*/*', false],
    ['', false],
  ] as const) {
    test(`is ${isCsv ? '' : 'not '}answered to Accept: ${accept}`, async () => {
      const answer = await atm.client.send('GET', '/accounts/9999/statement', { headers: { Accept: accept } })
      assert.equal(answer.headers['vary'], 'Accept')
      if (isCsv) rowsOfCsv(answer.text)
      else objectIn(answer)
      assert.equal(answer.headers['content-type']?.startsWith('text/csv'), isCsv)
    })
  }

  test('has its errors as JSON', async () => {
    const headers = { Accept: 'text/csv' }
    for (const path of ['/accounts/4711/statement', '/accounts/1001/statement?from=now']) {
      errorIn(await atm.client.send('GET', path, { headers }))
    }
  })
})

/** What people may write as a reference, and what of it a spreadsheet may see. */
const references = [
  ['=1+1', "'=1+1"],
  ['=HYPERLINK("http://x","y")', `'=HYPERLINK("http://x","y")`],
  ['+41 44 123', "'+41 44 123"],
  ['-5', "'-5"],
  ['@SUM(A1)', "'@SUM(A1)"],
  [' =1+1', "' =1+1"],
  ['"=1+1', `'"=1+1`],
  ["'=1+1", "''=1+1"],
  ['""=1+1""', `'""=1+1""`],
  ['" =1+1', `'" =1+1`],
  ['\u00a0=1+1', "'\u00a0=1+1"],
  ['\ufeff=1+1', "'\ufeff=1+1"],
  ['\u200b=1+1', "'\u200b=1+1"],
  ['“=1+1', "'“=1+1"],
  ['＝1+1', "'＝1+1"],
  ['＋1', "'＋1"],
  ['－1', "'－1"],
  ['＠x', "'＠x"],
  ["=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"],
  ['x;=1+1', "x;'=1+1"],
  ['x; "=1+1', `x; "'=1+1`],
  ['5 = 5', '5 = 5'],
  ['a-b', 'a-b'],
  ['x, =1+1', 'x, =1+1'],
  ['me@example.com', 'me@example.com'],
  ['plain', 'plain'],
  ['say "hi", then go', 'say "hi", then go'],
  [' spaces around ', ' spaces around '],
  ['Grüße 😀', 'Grüße 😀'],
] as const

describe('a reference in CSV', () => {
  const atm = serviceForSuite()

  for (const [reference, cell] of references) {
    test(`that is ${JSON.stringify(reference)} is no formula to any spreadsheet`, async () => {
      const body = { amount: moneyOf(1n), reference }
      expectStatus(await ask(atm.client, 'POST', '/accounts/1001/deposit', body), 200)
      const headers = { Accept: 'text/csv' }
      const { text } = await atm.client.send('GET', '/accounts/1001/statement', { headers })
      const row = rowsOfCsv(text).at(-3)
      assert.equal(row?.['reference'], cell)
      assert.equal(centsOf(row['amount_in'] ?? ''), 1n, 'no other cell has moved')
      const [last] = listIn(await statementOf(atm.client, '1001'), 'lines').slice(-1)
      assert.equal(last?.body['reference'], reference, 'JSON tells it as it was written')
    })
  }
})
