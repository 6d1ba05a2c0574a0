import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type Answer, balanceIn, errorIn, serviceForSuite } from '../support/client.ts'
import { historyOf, rowsIn } from '../support/history.ts'
import { nextOf, pagesOf } from '../support/pages.ts'

const path = '/accounts/1001/transactions'

describe('paging through transactions', () => {
  const atm = serviceForSuite()
  const total = 60

  before(async () => {
    for (let cents = 1; cents <= total; cents += 1)
      balanceIn(await atm.client.operate('deposit', '1001', `"${cents}e-2"`))
    for (let time = 0; time < 5; time += 1) balanceIn(await atm.client.operate('deposit', '1002', '"1.00"'))
  })

  for (const limit of [1, 7, 30, 59, 60, 61, 1_000]) {
    test(`by ${limit} gives each one once, in order, and ends`, async () => {
      const pages = await pagesOf(atm.client, `${path}?limit=${limit}`)
      assert.equal(pages.length, Math.ceil(total / limit))
      assert.ok(pages.slice(0, -1).every((page) => page.length === limit))
      assert.deepEqual(pages.flat(), await historyOf(atm.client, '1001'))
    })
  }

  test('gives what is posted meanwhile at the end, and nothing twice', async () => {
    const first = await atm.client.get('/accounts/1002/transactions?limit=3')
    const next = nextOf(first, atm.client.url)
    assert.ok(next)
    balanceIn(await atm.client.operate('deposit', '1002', '"2.00"'))
    const rest = (await pagesOf(atm.client, next)).flat()
    assert.deepEqual([...rowsIn(first), ...rest], await historyOf(atm.client, '1002'))
  })

  test('of an account with none gives one empty page', async () => {
    assert.deepEqual(await pagesOf(atm.client, '/accounts/9999/transactions?limit=10'), [[]])
  })

  for (const limit of [
    '0',
    '-1',
    '1001',
    'abc',
    '1.5',
    '',
    '1e2',
    '10abc',
    '99999999999999999999',
    '0x10',
    'NaN',
    '%20',
  ]) {
    test(`by a limit of "${limit}" is 422`, async () => {
      const answer = await atm.client.get(`${path}?limit=${limit}`)
      assert.equal(answer.status, 422, answer.text)
      errorIn(answer)
    })
  }

  test('by two limits at once is 422', async () => {
    assert.equal((await atm.client.get(`${path}?limit=1&limit=2`)).status, 422)
  })

  test('by a bad limit is 422 also for an account that does not exist', async () => {
    assert.equal((await atm.client.get('/accounts/4711/transactions?limit=0')).status, 422)
  })
})

function assertRefused(answer: Answer, text: string): void {
  assert.equal(answer.status, 422, `${text}: ${answer.text}`)
  errorIn(answer)
}

describe('a cursor', () => {
  const atm = serviceForSuite()
  let cursor = ''

  before(async () => {
    for (const account of ['1001', '1002']) {
      for (let time = 0; time < 5; time += 1)
        balanceIn(await atm.client.operate('deposit', account, '"1.00"'))
    }
    const next = nextOf(await atm.client.get(`${path}?limit=2`), atm.client.url)
    cursor = new URL(next ?? '', atm.client.url).searchParams.get('cursor') ?? ''
    assert.notEqual(cursor, '')
  })

  const ask = (account: string, text: string): Promise<Answer> =>
    atm.client.get(`/accounts/${account}/transactions?limit=2&cursor=${encodeURIComponent(text)}`)

  test('that was given out is taken', async () => {
    assert.equal(rowsIn(await ask('1001', cursor)).length, 2)
  })

  test('of another account is 422', async () => {
    assertRefused(await ask('1002', cursor), cursor)
    assertRefused(await ask('9999', cursor), cursor)
  })

  test('with any one character changed is 422', async () => {
    for (let index = 0; index < cursor.length; index += 1) {
      const changed = `${cursor.slice(0, index)}${cursor[index] === 'A' ? 'B' : 'A'}${cursor.slice(index + 1)}`
      assertRefused(await ask('1001', changed), changed)
    }
  })

  test('that was shortened or made longer is 422', async () => {
    for (const changed of [
      cursor.slice(1),
      cursor.slice(0, -1),
      `${cursor}A`,
      `A${cursor}`,
      `${cursor}=`,
      cursor + cursor,
    ]) {
      assertRefused(await ask('1001', changed), changed)
    }
  })

  for (const text of [
    '',
    ' ',
    '0',
    '1',
    '-1',
    'abc',
    '\u0000',
    'ü',
    'x'.repeat(5_000),
    '{"id":1}',
    "' OR 1=1",
  ]) {
    test(`that is ${JSON.stringify(text.slice(0, 20))} is 422`, async () => {
      assertRefused(await ask('1001', text), text)
    })
  }
})
