import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { balanceIn, Client, moneyOf } from '../support/client.ts'
import { engine } from '../support/engine.ts'
import { historyOf } from '../support/history.ts'
import { startService } from '../support/service.ts'

async function withClient(store: string, use: (client: Client) => Promise<void>): Promise<void> {
  const service = await startService(['--store', store])
  const client = new Client(service.url)
  try {
    await use(client)
  } finally {
    client.close()
    await service.stop()
  }
}

const opening = [
  ['1001', '500.00'],
  ['1002', '1250.75'],
  ['9999', '0.00'],
] as const

async function assertOpening(client: Client): Promise<void> {
  for (const [account, balance] of opening) {
    assert.equal(moneyOf(await client.balance(account)), balance)
    assert.deepEqual(await historyOf(client, account), [])
  }
}

describe('the test accounts', () => {
  test('open a new store, with empty histories', async (t) => {
    const store = await engine().durableStore(t)
    await withClient(store, assertOpening)
    await withClient(store, assertOpening)
  })

  test('are left as they are by a restart', async (t) => {
    const store = await engine().durableStore(t)
    await withClient(store, async (client) => {
      balanceIn(await client.operate('withdraw', '1001', '500'))
      balanceIn(await client.operate('deposit', '9999', '"0.07"'))
    })
    await withClient(store, async (client) => {
      assert.equal(await client.balance('1001'), 0n)
      assert.equal(await client.balance('1002'), 125_075n)
      assert.equal(await client.balance('9999'), 7n)
      assert.equal((await historyOf(client, '1001')).length, 1)
      assert.equal((await historyOf(client, '1002')).length, 0)
    })
  })

  test('are not opened in a store that has other accounts', async (t) => {
    const store = await engine().durableStore(t)
    await withClient(store, assertOpening)
    await engine().execute(
      store,
      `UPDATE accounts SET number = '7777' WHERE number = '1001'; DELETE FROM accounts WHERE number = '9999'`,
    )
    await withClient(store, async (client) => {
      assert.equal(await client.balance('7777'), 50_000n)
      for (const account of ['1001', '9999']) {
        assert.equal((await client.get(`/accounts/${account}/balance`)).status, 404)
      }
    })
  })
})
