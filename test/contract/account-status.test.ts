import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Client, serviceForSuite } from '../support/client.ts'
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
  reverse,
  textIn,
  type Told,
  transfer,
  tryToHold,
} from '../support/requests.ts'

/** An account that was used, and what can be asked of it. */
interface Used {
  readonly number: string
  readonly holdId: string
  readonly deposited: string
  readonly withdrawn: string
}

let opened = 0

/** Opens an account of 0.00 in which everything was done once, with a hold of 1.00 inside its overdraft. */
async function useAccount(client: Client): Promise<Used> {
  const number = await openAccount(client, `used-${(opened += 1)}`, 0n)
  expectStatus(await changeAccount(client, number, { limits: { overdraft: '1000.00' } }), 200)
  await openAccount(client, `peer-${opened}`, 500n)
  const paid = expectStatus(await transfer(client, { from: `peer-${opened}`, to: number, cents: 500n }), 200)
  const spent = expectStatus(await transfer(client, { from: number, to: `peer-${opened}`, cents: 500n }), 200)
  const holdId = await placeHold(client, number, 100n)
  return {
    number,
    holdId,
    deposited: textIn(paid, 'transaction_id'),
    withdrawn: textIn(spent, 'transaction_id'),
  }
}

type Doing = (client: Client, used: Used) => Promise<Told>

const doings: Readonly<Record<string, Doing>> = {
  'a deposit': (client, { number }) => moveCash(client, 'deposit', number, 1n),
  'a withdrawal': (client, { number }) => moveCash(client, 'withdraw', number, 1n),
  'a transfer to it': (client, { number }) => transfer(client, { from: '1001', to: number, cents: 1n }),
  'a transfer from it': (client, { number }) => transfer(client, { from: number, to: '1001', cents: 1n }),
  'a hold': (client, { number }) => tryToHold(client, number, 1n),
  'the capture of a hold': (client, { holdId }) => captureHold(client, holdId),
  'the release of a hold': (client, { holdId }) => releaseHold(client, holdId),
  'a reversal that takes from it': (client, { deposited }) => reverse(client, { transaction_id: deposited }),
  'a reversal that gives to it': (client, { withdrawn }) => reverse(client, { transaction_id: withdrawn }),
  'new limits': (client, { number }) => changeAccount(client, number, { limits: { daily_count: 3 } }),
}

const outgoing = [
  'a withdrawal',
  'a transfer from it',
  'a hold',
  'the capture of a hold',
  'a reversal that takes from it',
]

describe('a frozen account', () => {
  const atm = serviceForSuite()

  for (const [name, doing] of Object.entries(doings)) {
    const isBarred = outgoing.includes(name)
    test(`${isBarred ? 'refuses' : 'takes'} ${name}`, async () => {
      const used = await useAccount(atm.client)
      expectStatus(await changeAccount(atm.client, used.number, { status: 'frozen' }), 200)
      const before = await accountNow(atm.client, used.number)
      const told = await doing(atm.client, used)
      if (isBarred) {
        assertRefused(told, 400, 'account_frozen')
        assert.deepEqual(await accountNow(atm.client, used.number), before)
        expectStatus(await changeAccount(atm.client, used.number, { status: 'open' }), 200)
        assert.ok((await doing(atm.client, used)).status < 300, 'it works again in the open account')
      } else {
        expectStatus(told, 200)
      }
    })
  }
})

describe('a closed account', () => {
  const atm = serviceForSuite()

  for (const [name, doing] of Object.entries(doings)) {
    test(`refuses ${name}`, async () => {
      const used = await useAccount(atm.client)
      expectStatus(await releaseHold(atm.client, used.holdId), 200)
      expectStatus(await changeAccount(atm.client, used.number, { status: 'closed' }), 200)
      const told = await doing(atm.client, used)
      const isRelease = name === 'the release of a hold'
      assertRefused(told, 400, isRelease ? 'hold_released' : 'account_closed')
    })
  }

  test('stays closed, and may be closed again', async () => {
    await openAccount(atm.client, 'for-good', 0n)
    const close = (): Promise<Told> => changeAccount(atm.client, 'for-good', { status: 'closed' })
    assert.equal(textIn(expectStatus(await close(), 200), 'status'), 'closed')
    expectStatus(await close(), 200)
    for (const status of ['open', 'frozen'])
      assertRefused(await changeAccount(atm.client, 'for-good', { status }), 400, 'account_closed')
    assert.equal((await accountNow(atm.client, 'for-good')).status, 'closed')
  })

  test('must have no money, and owe none', async () => {
    await openAccount(atm.client, 'rich', 1n)
    assertRefused(await changeAccount(atm.client, 'rich', { status: 'closed' }), 400, 'account_has_balance')
    expectStatus(await changeAccount(atm.client, 'rich', { limits: { overdraft: '1.00' } }), 200)
    expectStatus(await moveCash(atm.client, 'withdraw', 'rich', 2n), 200)
    assertRefused(await changeAccount(atm.client, 'rich', { status: 'closed' }), 400, 'account_has_balance')
    expectStatus(await moveCash(atm.client, 'deposit', 'rich', 1n), 200)
    expectStatus(await changeAccount(atm.client, 'rich', { status: 'closed' }), 200)
  })

  test('must have no open hold', async () => {
    const { number, holdId } = await useAccount(atm.client)
    assertRefused(await changeAccount(atm.client, number, { status: 'closed' }), 400, 'account_has_holds')
    expectStatus(await releaseHold(atm.client, holdId), 200)
    expectStatus(await changeAccount(atm.client, number, { status: 'closed' }), 200)
  })
})

describe('a change of an account', () => {
  const atm = serviceForSuite()

  test('answers the account as it is then', async () => {
    await openAccount(atm.client, 'changed', 700n)
    const told = expectStatus(await changeAccount(atm.client, 'changed', { status: 'frozen' }), 200)
    assert.equal(textIn(told, 'status'), 'frozen')
    assert.equal(told.text, (await ask(atm.client, 'GET', '/accounts/changed')).text)
  })

  test('is answered once more by its key, whatever came after it', async () => {
    const freeze = (): Promise<Told> =>
      ask(atm.client, 'PATCH', '/accounts/1002', { status: 'frozen' }, 'freeze')
    const first = expectStatus(await assertReplays(freeze), 200)
    expectStatus(await changeAccount(atm.client, '1002', { status: 'open' }), 200)
    expectStatus(await moveCash(atm.client, 'deposit', '1002', 100n), 200)
    assertReplayOf(await freeze(), first)
    assert.equal((await accountNow(atm.client, '1002')).status, 'open')
  })

  test('that is declined stays declined by its key', async () => {
    const close = (): Promise<Told> =>
      ask(atm.client, 'PATCH', '/accounts/1001', { status: 'closed' }, 'close')
    assertRefused(await assertReplays(close), 400, 'account_has_balance')
    assertRefused(
      await ask(atm.client, 'PATCH', '/accounts/1001', { status: 'frozen' }, 'close'),
      422,
      'idempotency_key_reused',
    )
  })

  const refused: readonly (readonly [body: object, code: string])[] = [
    [{}, 'invalid_body'],
    [{ limits: {} }, 'invalid_body'],
    [{ name: 'Bob' }, 'invalid_body'],
    [{ limits: { monthly: '1.00' } }, 'invalid_body'],
    [{ status: 'shut' }, 'invalid_status'],
    [{ status: null }, 'invalid_status'],
    [{ limits: null }, 'invalid_limits'],
    [{ limits: [] }, 'invalid_limits'],
  ]

  for (const [body, code] of refused) {
    test(`to ${JSON.stringify(body)} is 422`, async () => {
      assertRefused(await changeAccount(atm.client, '1001', body), 422, code)
    })
  }
})
