import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import { balanceIn, errorIn } from '../support/client.ts'
import { assertVerified, settle } from '../support/exactly-once.ts'
import {
  assertUnavailable,
  clusterForSuite,
  cutConnections,
  inTime,
  startPair,
  untilBlocked,
  untilNoneIsBlocked,
} from '../support/faults.ts'
import { startInstances } from '../support/instances.ts'
import { connectTo, createDatabase, giveToRole, withSql } from '../support/postgres.ts'

describe('a PostgreSQL server that does not let the service in:', () => {
  const cluster = clusterForSuite()

  test('an account that is locked for long: 503, nothing is booked or left waiting, and later it is booked', async (t) => {
    const { store, instances } = await startPair(t, cluster())
    const [{ client }] = instances
    // What an instance has just written it writes again without looking first: that must be stopped as well.
    assert.equal(balanceIn(await client.operate('deposit', '1001', '"1.00"')), '501.00')
    const sql = connectTo(store)
    t.after(() => sql.end())
    await sql.begin(async (locking) => {
      await locking`SELECT 1 FROM accounts WHERE number = '1001' FOR UPDATE`
      const answers = await Promise.all([
        inTime(client.operate('deposit', '1001', '"1.00"')),
        inTime(client.operate('deposit', '1001', '"2.00"', 'locked')),
      ])
      for (const answer of answers) {
        assertUnavailable(answer)
        assert.match(errorIn(answer), /nothing has changed/)
      }
      await untilNoneIsBlocked(store)
    })
    assert.equal(await client.balance('1001'), 50_100n)
    assert.equal(balanceIn(await inTime(client.operate('deposit', '1001', '"2.00"', 'locked'))), '503.00')
    assert.equal(await client.balance('1001'), 50_300n)
    await assertVerified(store)
  })

  test('an account that is locked for a moment: the deposit waits and is booked', async (t) => {
    const { store, instances } = await startPair(t, cluster())
    const [{ client }] = instances
    const sql = connectTo(store)
    t.after(() => sql.end())
    const answer = await sql.begin(async (locking) => {
      await locking`SELECT 1 FROM accounts WHERE number = '1001' FOR UPDATE`
      const waiting = client.operate('deposit', '1001', '"1.00"')
      await untilBlocked(store)
      return { waiting }
    })
    assert.equal(balanceIn(await inTime(answer.waiting)), '501.00')
    await assertVerified(store)
  })

  test('a deadlock that takes the batch: it is repeated and booked once', { timeout: 60_000 }, async (t) => {
    const { store, instances } = await startPair(t, cluster())
    const [{ client }] = instances
    const sql = connectTo(store)
    t.after(() => sql.end())
    const logged = cluster().log.length
    const waiting = await sql.begin(async (locking) => {
      // Whoever looks first is the one that gives way, and that must not be this test.
      await locking`SET LOCAL deadlock_timeout = '30s'`
      await locking`SELECT 1 FROM accounts WHERE number = '1001' FOR UPDATE`
      const deposit = client.operate('deposit', '1001', '"1.00"')
      await untilBlocked(store)
      await locking`SELECT 1 FROM accounts WHERE number IS NULL ORDER BY id FOR UPDATE`
      return { deposit }
    })
    assert.equal(balanceIn(await inTime(waiting.deposit)), '501.00')
    assert.match(cluster().log.slice(logged), /deadlock detected/)
    await assertVerified(store)
  })

  test('tables that are locked: reads and writes end in 503, in time, and then work again', async (t) => {
    const { store, instances } = await startPair(t, cluster())
    const [{ client }] = instances
    const sql = connectTo(store)
    t.after(() => sql.end())
    await sql.begin(async (locking) => {
      await locking`LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE`
      const requests = Array.from({ length: 64 }, (_, index) =>
        index % 2 === 0
          ? client.get('/accounts/1001/balance')
          : client.operate('deposit', '9999', '"0.01"', randomUUID()),
      )
      for (const answer of await Promise.all(requests.map(inTime))) assertUnavailable(answer)
    })
    assert.equal(await client.balance('1001'), 50_000n)
    assert.equal(await client.balance('9999'), 0n)
    assert.equal(balanceIn(await client.operate('deposit', '9999', '"0.01"')), '0.01')
  })

  test('too many connections: 503 in time, and it recovers by itself', { timeout: 60_000 }, async (t) => {
    const administration = await createDatabase({ after: () => undefined }, cluster().url())
    const { role, url } = await giveToRole(administration)
    const execute = (statement: string): Promise<unknown> =>
      withSql(administration, (sql) => sql.unsafe(statement))
    const [instance] = await startInstances(t, url, 1)
    assert.ok(instance)
    await execute(`ALTER ROLE ${role} CONNECTION LIMIT 0`)
    await cutConnections(administration)
    const { client } = instance
    const answers = await Promise.all([
      inTime(client.operate('deposit', '9999', '"1.00"', 'limited')),
      inTime(client.get('/accounts/1001/balance')),
    ])
    for (const answer of answers) assertUnavailable(answer)
    await execute(`ALTER ROLE ${role} CONNECTION LIMIT -1`)
    const [booked] = await settle(client, [
      { kind: 'deposit', account: '9999', amountCents: 100n, key: 'limited' },
    ])
    assert.ok(booked)
    assert.equal(balanceIn(booked.answer), '1.00')
    assert.equal(await client.balance('9999'), 100n)
  })
})
