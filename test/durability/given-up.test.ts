import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { balanceIn, errorIn } from '../support/client.ts'
import { assertVerified, settle } from '../support/exactly-once.ts'
import { assertUnavailable, clusterForSuite, inTime, startPair } from '../support/faults.ts'
import { connectTo, withSql } from '../support/postgres.ts'

const WAITING = `SELECT pid FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock'`

/** Resolves when no statement waits for a lock any more, which the server must see to by itself. */
async function untilNoneWaits(store: string): Promise<void> {
  await withSql(store, async (sql) => {
    while ((await sql.unsafe(WAITING)).length > 0) await pause(20)
  })
}

describe('a batch that was given up', { timeout: 60_000 }, () => {
  const cluster = clusterForSuite()

  test('because of a lock is never booked later, and leaves nothing waiting on the server', async (t) => {
    const { store, instances } = await startPair(t, cluster())
    const [{ client }] = instances
    assert.equal(balanceIn(await client.operate('deposit', '1001', '"1.00"')), '501.00')
    const sql = connectTo(store)
    t.after(() => sql.end())
    await sql.begin(async (locking) => {
      await locking`SELECT 1 FROM accounts WHERE number = '1001' FOR UPDATE`
      const answer = await inTime(client.operate('deposit', '1001', '"1.00"'))
      assertUnavailable(answer)
      assert.match(errorIn(answer), /nothing has changed/)
      await untilNoneWaits(store)
    })
    assert.equal(await client.balance('1001'), 50_100n)
    assert.equal(balanceIn(await client.operate('deposit', '1001', '"2.00"')), '503.00')
    await assertVerified(store)
  })

  test('by a server that fell silent is not called unchanged, and its key tells what became of it', async (t) => {
    const { store, instances } = await startPair(t, cluster())
    const [{ client }] = instances
    assert.equal(balanceIn(await client.operate('deposit', '9999', '"1.00"')), '1.00')
    const thaw = cluster().freeze()
    const answer = await inTime(client.operate('deposit', '9999', '"1.00"', 'silence')).finally(thaw)
    assertUnavailable(answer)
    assert.match(errorIn(answer), /cannot tell.*same Idempotency-Key/)
    const [settled] = await settle(client, [
      { kind: 'deposit', account: '9999', amountCents: 100n, key: 'silence' },
    ])
    assert.ok(settled)
    assert.equal(balanceIn(settled.answer), '2.00')
    assert.equal(await client.balance('9999'), 200n)
    await assertVerified(store)
  })
})
