import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { SqliteStore } from '../../src/stores/sqlite/store.ts'
import { verifySqlite } from '../../src/stores/sqlite/verify.ts'
import { temporaryFolder } from '../support/service.ts'

const options = { terms: { idempotencyTtlMs: 600_000 }, clock: () => 1_000_000 }

describe('a store that an older version has written', () => {
  test('from before balances were folded later opens with all that is in it, and goes on', async (t) => {
    const path = join(await temporaryFolder(t), 'atm.db')
    const before = new SqliteStore(path, options)
    await before.commit([{ kind: 'open', account: '1', openingBalance: 100n }])
    await before.commit(Array.from({ length: 50 }, () => ({ kind: 'deposit', account: '1', amount: 1n })))
    await before.close()
    takeBackToVersion1(path)

    const store = new SqliteStore(path, options)
    t.after(() => store.close())
    await store.commit([{ kind: 'withdraw', account: '1', amount: 30n }])
    const [account] = await store.accounts(['1'])
    assert.equal(account?.balance, 120n)
    assert.equal((await store.history(account?.id ?? 0, 0, 100)).length, 51)
    assert.deepEqual((await verifySqlite(path)).firstDifferences, [])
  })
})

/** The shape of version 1 is that of version 2 without what says how far the rows are folded. */
function takeBackToVersion1(path: string): void {
  const database = new DatabaseSync(path)
  database.exec(
    'DROP TABLE folded_up_to; ALTER TABLE accounts DROP COLUMN latest_posting_id; PRAGMA user_version = 1',
  )
  database.close()
}
