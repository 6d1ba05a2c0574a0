import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { centsOf, errorIn, moneyOf, objectIn, serviceForSuite } from '../support/client.ts'
import { rowsOfCsv } from '../support/csv.ts'
import { inParallel } from '../support/load.ts'
import { ask, expectStatus, listIn, moveCash, openAccount, textIn, transfer } from '../support/requests.ts'
import { isIn, statementOf } from '../support/told-statement.ts'

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
