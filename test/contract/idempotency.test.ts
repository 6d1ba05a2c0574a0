import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Answer, balanceIn, errorIn, serviceForSuite, wasReplayed } from '../support/client.ts'
import { historyOf } from '../support/history.ts'
import { exchange, head } from '../support/raw.ts'

function assertReplayOf(replay: Answer, first: Answer): void {
  assert.ok(!wasReplayed(first), 'the first answer is not a replay')
  assert.equal(replay.status, first.status)
  assert.equal(replay.text, first.text)
  assert.equal(replay.headers['idempotency-replayed'], 'true')
}

describe('a request sent again with its key', () => {
  const atm = serviceForSuite()

  for (const kind of ['deposit', 'withdraw'] as const) {
    test(`answers a ${kind} the same and moves nothing more`, async () => {
      const first = await atm.client.operate(kind, '1001', '"10.00"', `again-${kind}`)
      const balance = await atm.client.balance('1001')
      const rows = (await historyOf(atm.client, '1001')).length
      for (let time = 0; time < 3; time += 1) {
        assertReplayOf(await atm.client.operate(kind, '1001', '"10.00"', `again-${kind}`), first)
      }
      assert.equal(await atm.client.balance('1001'), balance)
      assert.equal((await historyOf(atm.client, '1001')).length, rows)
    })
  }

  test('answers the balance of then, not of now', async () => {
    const first = await atm.client.operate('deposit', '1002', '"5.00"', 'then')
    balanceIn(await atm.client.operate('deposit', '1002', '"1.00"'))
    assertReplayOf(await atm.client.operate('deposit', '1002', '"5.00"', 'then'), first)
  })

  test('is the same request when the amount is only written another way', async () => {
    const first = await atm.client.operate('deposit', '1002', '"10.00"', 'spelling')
    for (const json of ['10', '"1e1"', '" 10.001 "', '10.0']) {
      assertReplayOf(await atm.client.operate('deposit', '1002', json, 'spelling'), first)
    }
  })

  test('stays declined, even when there would be money by now', async () => {
    const declined = await atm.client.operate('withdraw', '9999', '"7.00"', 'declined')
    assert.equal(declined.status, 400)
    balanceIn(await atm.client.operate('deposit', '9999', '"100.00"'))
    const replay = await atm.client.operate('withdraw', '9999', '"7.00"', 'declined')
    assertReplayOf(replay, declined)
    assert.equal(errorIn(replay), 'insufficient funds')
    assert.equal(await atm.client.balance('9999'), 10_000n)
  })

  test('stays declined where the balance limit was exceeded', async () => {
    const declined = await atm.client.operate('deposit', '1001', '"92233720368547758.07"', 'limit')
    assert.equal(declined.status, 400)
    const replay = await atm.client.operate('deposit', '1001', '"92233720368547758.07"', 'limit')
    assertReplayOf(replay, declined)
    assert.equal(errorIn(replay), 'balance limit exceeded')
  })

  test('posts each time when it has no key', async () => {
    const before = await atm.client.balance('1001')
    for (let time = 0; time < 3; time += 1) {
      const answer = await atm.client.operate('deposit', '1001', '"1.00"')
      assert.equal(answer.headers['idempotency-replayed'], undefined)
    }
    assert.equal(await atm.client.balance('1001'), before + 300n)
  })

  test('reads a balance whatever its key is', async () => {
    for (const key of ['read', 'not a key']) {
      const answer = await atm.client.send('GET', '/accounts/1001/balance', {
        headers: { 'Idempotency-Key': key },
      })
      balanceIn(answer)
    }
  })
})

describe('a key that was used for another request', () => {
  const atm = serviceForSuite()

  const others = [
    { other: 'amount', kind: 'deposit', account: '1001', json: '"10.01"' },
    { other: 'operation', kind: 'withdraw', account: '1001', json: '"10.00"' },
    { other: 'account', kind: 'deposit', account: '1002', json: '"10.00"' },
  ] as const

  for (const { other, kind, account, json } of others) {
    test(`with another ${other} is 422 and posts nothing`, async () => {
      const first = await atm.client.operate('deposit', '1001', '"10.00"', `used-${other}`)
      const before = await atm.client.balance(account)
      const answer = await atm.client.operate(kind, account, json, `used-${other}`)
      assert.equal(answer.status, 422, answer.text)
      errorIn(answer)
      assert.ok(!wasReplayed(answer))
      assert.equal(await atm.client.balance(account), before)
      assertReplayOf(await atm.client.operate('deposit', '1001', '"10.00"', `used-${other}`), first)
    })
  }

  test('that was declined is 422 too', async () => {
    assert.equal((await atm.client.operate('withdraw', '9999', '"10.00"', 'used-declined')).status, 400)
    assert.equal((await atm.client.operate('withdraw', '9999', '"11.00"', 'used-declined')).status, 422)
  })
})

describe('a request that never reached the ledger keeps nothing', () => {
  const atm = serviceForSuite()

  test('so a key that came with a bad amount is free', async () => {
    assert.equal((await atm.client.operate('deposit', '1001', '"-1"', 'after-422')).status, 422)
    const answer = await atm.client.operate('deposit', '1001', '"1.00"', 'after-422')
    balanceIn(answer)
    assert.ok(!wasReplayed(answer))
  })

  test('so a key that came with an unknown account is free', async () => {
    for (let time = 0; time < 2; time += 1) {
      const unknown = await atm.client.operate('deposit', '4711', '"1.00"', 'after-404')
      assert.equal(unknown.status, 404)
      assert.ok(!wasReplayed(unknown))
    }
    const answer = await atm.client.operate('deposit', '1001', '"1.00"', 'after-404')
    balanceIn(answer)
    assert.ok(!wasReplayed(answer))
  })

  test('so a key that was refused for reuse still belongs to its first request', async () => {
    const first = await atm.client.operate('deposit', '1001', '"1.00"', 'after-reuse')
    assert.equal((await atm.client.operate('deposit', '1001', '"2.00"', 'after-reuse')).status, 422)
    assertReplayOf(await atm.client.operate('deposit', '1001', '"1.00"', 'after-reuse'), first)
  })
})

const goodKeys = [
  'k',
  '!',
  '~',
  `!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~`,
  'k'.repeat(255),
  '0',
  '__proto__',
  'null',
  '%00',
]

const badKeys = [
  { name: 'is empty', bytes: '' },
  { name: 'has 256 characters', bytes: 'k'.repeat(256) },
  { name: 'has a space', bytes: 'a b' },
  { name: 'has a tab', bytes: 'a\tb' },
  { name: 'is not ASCII', bytes: 'caf\xe9' },
  { name: 'is an emoji', bytes: '\xf0\x9f\x98\x80' },
  { name: 'has a delete character', bytes: 'a\x7fb' },
]

describe('an Idempotency-Key', () => {
  const atm = serviceForSuite()
  const body = '{"amount":"1.00"}'
  const deposit = (...headers: string[]): string =>
    head('POST /accounts/1001/deposit HTTP/1.1', `Content-Length: ${body.length}`, ...headers) + body

  for (const key of goodKeys) {
    test(`may be ${key.slice(0, 40)}`, async () => {
      const first = await atm.client.operate('deposit', '1001', '"1.00"', key)
      balanceIn(first)
      assertReplayOf(await atm.client.operate('deposit', '1001', '"1.00"', key), first)
    })
  }

  for (const { name, bytes } of badKeys) {
    test(`that ${name} is refused and posts nothing`, async () => {
      const before = await atm.client.balance('1001')
      const answer = await exchange(atm.client.url, deposit(`Idempotency-Key: ${bytes}`))
      // HTTP itself forbids some bytes: then the parser has refused the whole request.
      assert.ok(answer.status === 422 || (answer.status === 400 && /[\x7f]/.test(bytes)), `${answer.status}`)
      errorIn(answer)
      assert.equal(await atm.client.balance('1001'), before)
    })
  }

  test('that is sent twice in one request is refused', async () => {
    const answer = await exchange(atm.client.url, deposit('Idempotency-Key: one', 'Idempotency-Key: two'))
    assert.equal(answer.status, 422, answer.text)
    errorIn(answer)
  })

  test('is told apart by the case of its letters', async () => {
    const lower = await atm.client.operate('deposit', '1001', '"1.00"', 'case')
    const upper = await atm.client.operate('deposit', '1001', '"1.00"', 'CASE')
    assert.ok(!wasReplayed(lower) && !wasReplayed(upper))
  })

  test('that is bad is 422 also for an account that does not exist', async () => {
    assert.equal((await atm.client.operate('deposit', '4711', '"1.00"', 'a b')).status, 422)
  })
})
