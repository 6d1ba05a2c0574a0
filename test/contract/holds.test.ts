import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { objectIn, serviceForSuite } from '../support/client.ts'
import { historyOf } from '../support/history.ts'
import { assertRefused, assertReplayOf, assertReplays } from '../support/replays.ts'
import {
  accountNow,
  ask,
  captureHold,
  changeAccount,
  expectStatus,
  moveCash,
  openAccount,
  placeHold,
  releaseHold,
  textIn,
  type Told,
  transfer,
  tryToHold,
} from '../support/requests.ts'

const json = { 'Content-Type': 'application/json' }

describe('a hold', () => {
  const atm = serviceForSuite()

  test('is answered with 201, where it is, and all that it is', async () => {
    const answer = await atm.client.send('POST', '/accounts/1001/holds', {
      headers: json,
      body: '{"amount":"20.00","reference":"a car","expires_in":3600}',
    })
    assert.equal(answer.status, 201, answer.text)
    const { id, created_at: createdAt, expires_at: expiresAt, ...hold } = objectIn(answer)
    assert.equal(answer.headers.location, `/holds/${String(id)}`)
    assert.equal(Date.parse(String(expiresAt)) - Date.parse(String(createdAt)), 3_600_000)
    assert.deepEqual(hold, {
      account_number: '1001',
      amount: '20.00',
      status: 'open',
      reference: 'a car',
      captured_amount: null,
      transaction_id: null,
    })
    assert.equal((await atm.client.get(`/holds/${String(id)}`)).text, answer.text)
  })

  test('may have no reference and no end', async () => {
    const hold = expectStatus(await tryToHold(atm.client, '1001', 1n), 201)
    assert.deepEqual([hold.body['reference'], hold.body['expires_at']], [null, null])
  })

  test('keeps its money from everything else, and leaves the balance as it is', async () => {
    await openAccount(atm.client, 'held', 1_000n)
    await placeHold(atm.client, 'held', 600n)
    assert.deepEqual(await accountNow(atm.client, 'held'), {
      status: 'open',
      balance: 1_000n,
      held: 600n,
      available: 400n,
    })
    const attempts = [
      moveCash(atm.client, 'withdraw', 'held', 401n),
      transfer(atm.client, { from: 'held', to: '1001', cents: 401n }),
      tryToHold(atm.client, 'held', 401n),
    ]
    for (const attempt of attempts) assertRefused(await attempt, 400, 'insufficient_funds')
    expectStatus(await tryToHold(atm.client, 'held', 400n), 201)
    assert.equal((await accountNow(atm.client, 'held')).available, 0n)
    assert.equal((await historyOf(atm.client, 'held')).length, 1, 'a hold is no transaction')
  })

  test('is not placed on an account that does not exist', async () => {
    assertRefused(await tryToHold(atm.client, '4711', 1n), 404, 'account_not_found')
  })

  for (const expiresIn of [0, -1, 1.5, 31_536_001, '60', null, 1e30]) {
    test(`that expires in ${JSON.stringify(expiresIn)} is 422`, async () => {
      const told = await ask(atm.client, 'POST', '/accounts/1001/holds', {
        amount: '1.00',
        expires_in: expiresIn,
      })
      assertRefused(told, 422, 'invalid_expiry')
    })
  }

  for (const amount of ['0', '-1', null, 'x']) {
    test(`of ${JSON.stringify(amount)} is 422`, async () => {
      assertRefused(await ask(atm.client, 'POST', '/accounts/1001/holds', { amount }), 422, 'invalid_amount')
    })
  }

  for (const id of ['999999', '0', '-1', '1.5', '01', '+1', 'x', '9'.repeat(16), '9'.repeat(40), '%00']) {
    test(`that is called ${id.slice(0, 20)} is not there`, async () => {
      for (const path of [`/holds/${id}/capture`, `/holds/${id}/release`])
        assertRefused(await ask(atm.client, 'POST', path), 404, 'hold_not_found')
      assertRefused(await ask(atm.client, 'GET', `/holds/${id}`), 404, 'hold_not_found')
    })
  }
})

describe('the capture of a hold', () => {
  const atm = serviceForSuite()

  test('takes all of it where nothing else is said', async () => {
    const bodies = [{}, { headers: json }, { headers: json, body: '{}' }, { body: '{"note":1}' }]
    for (const [index, sending] of bodies.entries()) {
      const number = await openAccount(atm.client, `all-${index}`, 1_000n)
      const id = await placeHold(atm.client, number, 600n)
      const answer = await atm.client.send('POST', `/holds/${id}/capture`, sending)
      assert.equal(answer.status, 200, answer.text)
      const hold = objectIn(answer)
      assert.deepEqual(
        [hold['status'], hold['amount'], hold['captured_amount']],
        ['captured', '6.00', '6.00'],
      )
      assert.match(String(hold['transaction_id']), /^[1-9]\d*$/)
      assert.equal((await atm.client.get(`/holds/${id}`)).text, answer.text)
      const { balance, held, available } = await accountNow(atm.client, number)
      assert.deepEqual([balance, held, available], [400n, 0n, 400n])
    }
  })

  test('takes a part, frees the rest, and is shown in the history', async () => {
    await openAccount(atm.client, 'part', 1_000n)
    const id = await placeHold(atm.client, 'part', 600n)
    const told = expectStatus(await captureHold(atm.client, id, 250n), 200)
    assert.deepEqual([textIn(told, 'amount'), textIn(told, 'captured_amount')], ['6.00', '2.50'])
    const { balance, held, available } = await accountNow(atm.client, 'part')
    assert.deepEqual([balance, held, available], [750n, 0n, 750n])
    const row = (await historyOf(atm.client, 'part')).at(-1)
    assert.deepEqual([row?.type, row?.amount, row?.balance], ['capture', '2.50', '7.50'])
  })

  test('of more than is held is declined, and the hold stays', async () => {
    await openAccount(atm.client, 'over', 1_000n)
    const id = await placeHold(atm.client, 'over', 600n)
    assertRefused(await captureHold(atm.client, id, 601n), 400, 'capture_exceeds_hold')
    assert.equal((await accountNow(atm.client, 'over')).held, 600n)
    expectStatus(await captureHold(atm.client, id, 600n), 200)
  })

  test('is possible once, and then the hold cannot be released', async () => {
    const id = await placeHold(atm.client, '1001', 100n)
    expectStatus(await captureHold(atm.client, id, 1n), 200)
    const before = await accountNow(atm.client, '1001')
    assertRefused(await captureHold(atm.client, id, 1n), 400, 'hold_captured')
    assertRefused(await releaseHold(atm.client, id), 400, 'hold_captured')
    assert.deepEqual(await accountNow(atm.client, '1001'), before)
  })

  test('takes what was held also where the account holds less than that apart from it', async () => {
    await openAccount(atm.client, 'last', 600n)
    const id = await placeHold(atm.client, 'last', 600n)
    expectStatus(await captureHold(atm.client, id), 200)
    assert.equal(await atm.client.balance('last'), 0n)
  })

  for (const amount of [null, '0', '-1', 'x', true]) {
    test(`of ${JSON.stringify(amount)} is 422, and the hold stays`, async () => {
      const id = await placeHold(atm.client, '1001', 1n)
      assertRefused(await ask(atm.client, 'POST', `/holds/${id}/capture`, { amount }), 422, 'invalid_amount')
      expectStatus(await releaseHold(atm.client, id), 200)
    })
  }

  test('with a body that is no object is 422', async () => {
    const id = await placeHold(atm.client, '1001', 1n)
    for (const body of ['[]', '"1.00"', '5', 'x']) {
      const answer = await atm.client.send('POST', `/holds/${id}/capture`, { headers: json, body })
      assert.equal(answer.status, 422, answer.text)
    }
  })
})

describe('the release of a hold', () => {
  const atm = serviceForSuite()

  test('frees its money, and then it cannot be captured or released', async () => {
    await openAccount(atm.client, 'free', 600n)
    const id = await placeHold(atm.client, 'free', 600n)
    const told = expectStatus(await releaseHold(atm.client, id), 200)
    assert.deepEqual([told.body['status'], told.body['captured_amount']], ['released', null])
    assert.equal((await accountNow(atm.client, 'free')).available, 600n)
    assertRefused(await captureHold(atm.client, id), 400, 'hold_released')
    assertRefused(await releaseHold(atm.client, id), 400, 'hold_released')
  })

  test('does not care for a body', async () => {
    for (const sending of [
      {},
      { headers: json },
      { headers: json, body: '{}' },
      { body: '{"amount":null}' },
    ]) {
      const id = await placeHold(atm.client, '1001', 1n)
      const answer = await atm.client.send('POST', `/holds/${id}/release`, sending)
      assert.equal(answer.status, 200, answer.text)
    }
  })

  test('is possible in a frozen account', async () => {
    const id = await placeHold(atm.client, '1002', 1n)
    expectStatus(await changeAccount(atm.client, '1002', { status: 'frozen' }), 200)
    expectStatus(await releaseHold(atm.client, id), 200)
  })
})

describe('a hold that has expired', () => {
  const atm = serviceForSuite()

  test('holds nothing from that moment on, and nothing can come of it', async () => {
    const body = { amount: '500.00', expires_in: 1 }
    const placed = expectStatus(await ask(atm.client, 'POST', '/accounts/1001/holds', body), 201)
    const path = `/holds/${textIn(placed, 'id')}`
    assert.equal((await accountNow(atm.client, '1001')).available, 0n)
    const expiresAtMs = Date.parse(textIn(placed, 'expires_at'))
    while (Date.now() < expiresAtMs) await pause(expiresAtMs - Date.now())
    assert.equal(textIn(await ask(atm.client, 'GET', path), 'status'), 'expired')
    const { held, available } = await accountNow(atm.client, '1001')
    assert.deepEqual([held, available], [0n, 50_000n])
    assertRefused(await ask(atm.client, 'POST', `${path}/capture`), 400, 'hold_expired')
    assertRefused(await ask(atm.client, 'POST', `${path}/release`), 400, 'hold_expired')
    expectStatus(await moveCash(atm.client, 'withdraw', '1001', 50_000n), 200)
    expectStatus(await changeAccount(atm.client, '1001', { status: 'closed' }), 200)
  })
})

describe('what is done with a hold, sent again with its key', () => {
  const atm = serviceForSuite()

  test('answers as it was then, whatever has become of the hold', async () => {
    const place = (): Promise<Told> =>
      ask(atm.client, 'POST', '/accounts/1001/holds', { amount: '5.00', reference: 'car' }, 'place')
    const placed = expectStatus(await assertReplays(place), 201)
    const path = `/holds/${textIn(placed, 'id')}`
    const capture = (): Promise<Told> =>
      ask(atm.client, 'POST', `${path}/capture`, { amount: '2.00' }, 'capture')
    const captured = expectStatus(await assertReplays(capture), 200)
    expectStatus(await moveCash(atm.client, 'deposit', '1001', 1n), 200)
    assertReplayOf(await place(), placed)
    assertReplayOf(await capture(), captured)
    assert.equal(await atm.client.balance('1001'), 49_801n)
  })

  test('tells where the hold is once more', async () => {
    const headers = { ...json, 'Idempotency-Key': 'where' }
    const sending = { headers, body: '{"amount":"1.00"}' }
    const first = await atm.client.send('POST', '/accounts/1001/holds', sending)
    const again = await atm.client.send('POST', '/accounts/1001/holds', sending)
    assert.equal(again.headers.location, first.headers.location)
    assert.match(again.headers.location ?? '', /^\/holds\/[1-9]\d*$/)
  })

  test('is one release', async () => {
    const id = await placeHold(atm.client, '1002', 1n)
    const release = (): Promise<Told> => ask(atm.client, 'POST', `/holds/${id}/release`, undefined, 'release')
    expectStatus(await assertReplays(release), 200)
    assertRefused(
      await ask(atm.client, 'POST', `/holds/${id}/capture`, undefined, 'release'),
      422,
      'idempotency_key_reused',
    )
  })

  test('stays declined', async () => {
    const id = await placeHold(atm.client, '1002', 1n)
    const capture = (): Promise<Told> =>
      ask(atm.client, 'POST', `/holds/${id}/capture`, { amount: '2' }, 'over')
    assertRefused(await assertReplays(capture), 400, 'capture_exceeds_hold')
    const place = (): Promise<Told> =>
      ask(atm.client, 'POST', '/accounts/9999/holds', { amount: '1.00' }, 'poor')
    assertRefused(await assertReplays(place), 400, 'insufficient_funds')
  })
})
