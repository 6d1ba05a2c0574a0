import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CLOCK_TOLERANCE_MS } from '../../src/ledger/clock.ts'
import { ClockFault } from '../../src/storage/store.ts'
import type { Command } from '../../src/ledger/commands/registry.ts'
import { StoreOpenError } from '../../src/storage/store.ts'
import { plainTerms } from '../../src/ledger/terms.ts'
import { openTestAccounts } from '../../src/service/start-up.ts'
import { openPostgres, verifyPostgres } from '../../src/storage/postgres/open-postgres.ts'
import { assertVerified } from '../support/exactly-once.ts'
import { cutConnections } from '../support/faults.ts'
import { createDatabase, withSql } from '../support/postgres.ts'
import { run } from '../support/service.ts'

const YEAR_MS = 365 * 86_400_000
const terms = {
  ...plainTerms(600_000),
  limits: { ...plainTerms(600_000).limits, dailyAmount: 100n },
}
const withdrawal = (amount: bigint): Command => ({ kind: 'withdraw', account: '1001', amount })

describe('the clock of an instance on PostgreSQL', () => {
  test('must be that of the server at the start, and for every new connection', async (t) => {
    const url = await createDatabase(t)
    let aheadMs = 60_000
    const options = { terms, clock: () => Date.now() + aheadMs, clockToleranceMs: CLOCK_TOLERANCE_MS }
    await assert.rejects(openPostgres(url, options), (error) => {
      assert.ok(error instanceof StoreOpenError)
      assert.match(
        error.message,
        /the clock of this machine is 60 seconds ahead of that of the database server/,
      )
      return true
    })
    aheadMs = -5_000
    const store = await openPostgres(url, options)
    await openTestAccounts(store)
    aheadMs = -60_000
    await cutConnections(url)
    await assert.rejects(store.commit([withdrawal(1n)]), ClockFault)
    await assert.rejects(store.probe(), /60 seconds behind that of the database server/)
    aheadMs = 0
    assert.equal((await store.commit([withdrawal(1n)]))[0]?.status, 'posted')
    await store.probe()
    await store.close()
    await assertVerified(url)
  })
})

describe('books on PostgreSQL that end in the future', () => {
  test('are refused, found by verify, and dated back by redate', async (t) => {
    const url = await createDatabase(t)
    let aheadMs = 0
    const clock = (): number => Date.now() + aheadMs
    const store = await openPostgres(url, { terms, clock })
    await openTestAccounts(store)
    await store.commit([withdrawal(30n)])
    aheadMs = YEAR_MS
    const [ahead] = await store.commit([
      { ...withdrawal(40n), idempotencyKey: 'ahead' },
      { kind: 'hold', account: '1001', amount: 5n, expiresInMs: 3_600_000 },
    ])
    assert.equal(ahead?.status, 'posted')
    assert.match(
      (await verifyPostgres(url)).firstDifferences.join(),
      /^the books end at .*, 365 days from now/,
    )
    const refused = await run('src/main.ts', ['--port', '0', '--store', url])
    assert.match(refused.stderr, /^the books end at .* --accept-future-books yes\n$/)

    const redated = await run('src/redate.ts', ['--store', url])
    assert.match(
      redated.stdout,
      /1 postings, 1 holds, 0 openings of accounts, 1 idempotency records/,
      redated.stderr,
    )
    await assertVerified(url)
    const [row] = await withSql(url, (sql) => sql`SELECT dated_ms - redated_ms AS ms FROM redated_postings`)
    assert.ok(Number(row?.['ms']) > YEAR_MS - 60_000)

    // The instance that was running all the while sees that its accounts have changed.
    aheadMs = 0
    const [over, within] = await store.commit([withdrawal(31n), withdrawal(30n)])
    assert.equal(over?.status === 'rejected' && over.reason, 'daily_amount_limit_exceeded')
    assert.equal(within?.status, 'posted')
    assert.ok(within?.status === 'posted' && within.posting.atMs <= Date.now())
    aheadMs = 3_700_000
    assert.deepEqual((await store.reads.details('1001'))?.account.openHolds, [])
    await store.close()
    await assertVerified(url)
  })
})
