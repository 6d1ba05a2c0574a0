import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { balanceIn, errorIn } from '../support/client.ts'
import { assertVerified, settle } from '../support/exactly-once.ts'
import { assertUnavailable, clusterForSuite, inTime, startPair } from '../support/faults.ts'

describe('a PostgreSQL server that falls silent', { timeout: 60_000 }, () => {
  const cluster = clusterForSuite()

  test('makes an answer that does not promise anything, and the key tells what became of it', async (t) => {
    const { store, instances } = await startPair(t, cluster())
    const [{ client }] = instances
    assert.equal(balanceIn(await client.operate('deposit', '9999', '"1.00"')), '1.00')
    const thaw = cluster().freeze()
    const answer = await inTime(client.operate('deposit', '9999', '"1.00"', 'silence')).finally(thaw)
    assertUnavailable(answer)
    assert.match(errorIn(answer), /cannot say.*same Idempotency-Key/)
    const [settled] = await settle(client, [
      { kind: 'deposit', account: '9999', amountCents: 100n, key: 'silence' },
    ])
    assert.ok(settled)
    assert.equal(balanceIn(settled.answer), '2.00')
    assert.equal(await client.balance('9999'), 200n)
    await assertVerified(store)
  })
})
