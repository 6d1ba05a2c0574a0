import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Answer, errorIn, objectIn, serviceForSuite } from '../support/client.ts'
import { historyOf } from '../support/history.ts'
import { assertRefused, assertReplayOf, assertReplays } from '../support/replays.ts'
import { ask, expectStatus, listIn, openAccount, textIn, type Told } from '../support/requests.ts'

const noLimits = { overdraft: '0.00', withdrawal: null, daily_amount: null, daily_count: null }

describe('opening an account', () => {
  const atm = serviceForSuite()
  const open = (body: object, key?: string): Promise<Told> => ask(atm.client, 'POST', '/accounts', body, key)

  test('with a number of its own answers 201, where it is, and all that it is', async () => {
    const answer = await atm.client.send('POST', '/accounts', {
      headers: { 'Content-Type': 'application/json' },
      body: '{"account_number":"CH-2048","name":"  Ada Lovelace ","opening_deposit":"12.345"}',
    })
    assert.equal(answer.status, 201, answer.text)
    assert.equal(answer.headers.location, '/accounts/CH-2048')
    const { opened_at: openedAt, ...account } = objectIn(answer)
    assert.ok(Math.abs(Date.parse(String(openedAt)) - Date.now()) < 60_000 && String(openedAt).endsWith('Z'))
    assert.deepEqual(account, {
      account_number: 'CH-2048',
      name: 'Ada Lovelace',
      status: 'open',
      balance: '12.35',
      held: '0.00',
      available: '12.35',
      limits: noLimits,
    })
    assert.equal((await atm.client.get('/accounts/CH-2048')).text, answer.text)
  })

  test('without a number draws one of 10 digits, another one each time', async () => {
    const numbers = await Promise.all(
      Array.from({ length: 20 }, async () =>
        textIn(expectStatus(await open({ name: 'Ada' }), 201), 'account_number'),
      ),
    )
    for (const number of numbers) assert.match(number, /^[1-9]\d{9}$/)
    assert.equal(new Set(numbers).size, numbers.length)
  })

  test('with a deposit begins the history with it, and with 0.00 does not', async () => {
    for (const [number, deposit, rows] of [
      ['dep-1', '5.00', [['deposit', '5.00', '5.00']]],
      ['dep-2', '0.00', []],
      ['dep-3', 0, []],
    ] as const) {
      expectStatus(await open({ account_number: number, name: 'Ada', opening_deposit: deposit }), 201)
      const history = await historyOf(atm.client, number)
      assert.deepEqual(
        history.map(({ type, amount, balance }) => [type, amount, balance]),
        rows,
      )
    }
  })

  test('with a number that is taken is 409, and leaves the key free', async () => {
    const taken = { account_number: '1001', name: 'Ada' }
    assertRefused(await open(taken, 'taken'), 409, 'account_exists')
    const opened = expectStatus(await open({ ...taken, account_number: 'free' }, 'taken'), 201)
    assert.ok(!opened.replayed)
    assert.equal(
      textIn(expectStatus(await ask(atm.client, 'GET', '/accounts/1001'), 200), 'balance'),
      '500.00',
    )
  })

  test('is answered once more by its key, also where the number was drawn', async () => {
    const given = { account_number: 'again', name: 'Ada', opening_deposit: '1.00' }
    const first = expectStatus(await assertReplays(() => open(given, 'given')), 201)
    expectStatus(await ask(atm.client, 'POST', '/accounts/again/deposit', { amount: '9.00' }), 200)
    assertReplayOf(await open(given, 'given'), first)
    assertRefused(await open({ ...given, name: 'Bob' }, 'given'), 422, 'idempotency_key_reused')
    const drawn = await assertReplays(() => open({ name: 'Ada' }, 'drawn'))
    const location = await atm.client.send('POST', '/accounts', {
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'drawn' },
      body: '{"name":"Ada"}',
    })
    assert.equal(location.headers.location, `/accounts/${textIn(drawn, 'account_number')}`)
  })

  test('takes names of every script, of up to 140 characters', async () => {
    for (const name of ['Åsa', '李小龍', '😀'.repeat(140), "O'Brien; --", '<b>', '=1+1']) {
      assert.equal(textIn(expectStatus(await open({ name }), 201), 'name'), name)
    }
  })

  const refused: readonly (readonly [body: object, code: string])[] = [
    [{}, 'invalid_name'],
    [{ name: null }, 'invalid_name'],
    [{ name: 5 }, 'invalid_name'],
    [{ name: '' }, 'invalid_name'],
    [{ name: ' \t ' }, 'invalid_name'],
    [{ name: 'a\u0000b' }, 'invalid_name'],
    [{ name: 'a\nb' }, 'invalid_name'],
    [{ name: 'a\u0085b' }, 'invalid_name'],
    [{ name: 'a\ud800' }, 'invalid_name'],
    [{ name: 'a'.repeat(141) }, 'invalid_name'],
    [{ name: '😀'.repeat(141) }, 'invalid_name'],
    ...['', '-1', ' 1', '1 ', 'a/b', 'a_b', 'é', 'a'.repeat(35), 17, null].map(
      (number) => [{ name: 'Ada', account_number: number }, 'invalid_account_number'] as const,
    ),
    ...['-0.01', 'x', '', null, true, '92233720368547758.08'].map(
      (deposit) => [{ name: 'Ada', opening_deposit: deposit }, 'invalid_amount'] as const,
    ),
  ]

  for (const [body, code] of refused) {
    test(`with ${JSON.stringify(body).slice(0, 60)} is 422`, async () => {
      assertRefused(await open(body), 422, code)
    })
  }

  test('says which member is wrong', async () => {
    const answer = await atm.client.send('POST', '/accounts', {
      body: '{"name":"Ada","opening_deposit":"-1"}',
    })
    assert.equal(errorIn(answer), 'opening_deposit must not be negative')
  })
})

function numbersIn(told: Told): readonly string[] {
  return listIn(told, 'accounts').map((each) => textIn(each, 'account_number'))
}

describe('accounts', () => {
  const atm = serviceForSuite()

  test('that were there from the start have no name', async () => {
    const account = expectStatus(await ask(atm.client, 'GET', '/accounts/1002'), 200)
    assert.equal(account.body['name'], null)
    assert.deepEqual(account.body['limits'], noLimits)
    assert.equal(textIn(account, 'available'), '1250.75')
  })

  test('that do not exist are 404', async () => {
    assertRefused(await ask(atm.client, 'GET', '/accounts/4711'), 404, 'account_not_found')
    assertRefused(
      await ask(atm.client, 'PATCH', '/accounts/4711', { status: 'frozen' }),
      404,
      'account_not_found',
    )
  })

  test('are listed in the order of opening, whole or page by page', async () => {
    for (const number of ['z', 'b', 'a']) await openAccount(atm.client, number, 0n)
    const all = ['1001', '1002', '9999', 'z', 'b', 'a']
    assert.deepEqual(numbersIn(await ask(atm.client, 'GET', '/accounts')), all)
    const paged: string[] = []
    let next: string | undefined = '/accounts?limit=4'
    let pages = 0
    while (next !== undefined) {
      const answer: Answer = await atm.client.get(next)
      paged.push(...numbersIn(await ask(atm.client, 'GET', next)))
      next = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers['link']))?.[1]
      pages += 1
    }
    assert.deepEqual(paged, all)
    assert.equal(pages, 2)
  })

  test('are listed as each of them is told', async () => {
    const listed = listIn(await ask(atm.client, 'GET', '/accounts?limit=1'), 'accounts')
    assert.deepEqual(listed[0]?.body, (await ask(atm.client, 'GET', '/accounts/1001')).body)
  })

  for (const query of ['limit=0', 'limit=1001', 'limit=x', 'limit=', 'cursor=x', 'cursor=YWZ0ZXIgOTk5OTk5']) {
    test(`are not listed for ${query}`, async () => {
      assertRefused(await ask(atm.client, 'GET', `/accounts?${query}`), 422, 'invalid_page')
    })
  }
})
