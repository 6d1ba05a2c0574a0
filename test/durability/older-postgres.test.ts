import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { NO_LIMITS } from '../../src/ledger/accounts.ts'
import type { Command } from '../../src/ledger/commands/registry.ts'
import { plainTerms } from '../../src/ledger/terms.ts'
import { openPostgres, verifyPostgres } from '../../src/storage/postgres/open-postgres.ts'
import { createDatabase, withSql } from '../support/postgres.ts'

const options = { terms: plainTerms(600_000), clock: Date.now }

const withdrawal: Command = { kind: 'withdraw', account: '1', amount: 30n, idempotencyKey: 'before' }

/** The shape of version 1 is that of version 2 without all that version 2 brought. */
const TAKE_BACK_TO_VERSION_1 = `
  DROP TABLE holds;
  DROP SEQUENCE hold_ids;
  DROP INDEX postings_by_reversed;
  ALTER TABLE postings DROP COLUMN reference, DROP COLUMN reversed_posting_id, DROP COLUMN hold_id;
  ALTER TABLE accounts DROP COLUMN name, DROP COLUMN opened_at_ms, DROP COLUMN status,
    DROP COLUMN overdraft_limit, DROP COLUMN withdrawal_limit, DROP COLUMN daily_amount_limit,
    DROP COLUMN daily_count_limit, DROP COLUMN withdrawn_day, DROP COLUMN withdrawn_amount,
    DROP COLUMN withdrawn_count;
  ALTER TABLE idempotency_keys DROP COLUMN snapshot, ADD CONSTRAINT idempotency_keys_check
    CHECK ((posting_id IS NULL) <> (reason IS NULL));
  ALTER SEQUENCE posting_ids INCREMENT BY 1000;
  ALTER TABLE writers DROP COLUMN store_version;
  UPDATE mini_atm_store SET version = 1`

/** What an instance of version 1 says when it connects. */
const CONNECT_AS_VERSION_1 = `INSERT INTO writers (id, batch, epoch, first_posting_id)
  VALUES ('00000000-0000-4000-8000-000000000001', 0, 0, 0)
  ON CONFLICT (id) DO UPDATE SET epoch = writers.epoch + 1`

describe('a PostgreSQL store that an older version has written', () => {
  test('opens with all that is in it, keeps the older instances out, and goes on', async (t) => {
    const url = await createDatabase(t)
    const before = await openPostgres(url, options)
    await before.commit([{ kind: 'open', account: '1', openingBalance: 100n }])
    const [kept] = await before.commit([withdrawal])
    await before.close()
    await withSql(url, async (sql) => {
      await sql.unsafe(TAKE_BACK_TO_VERSION_1)
      await sql.unsafe(CONNECT_AS_VERSION_1)
    })

    const limits = { ...NO_LIMITS, dailyCount: 2 }
    const store = await openPostgres(url, { ...options, terms: { ...options.terms, limits } })
    t.after(() => store.close())
    await withSql(url, async (sql) => {
      await assert.rejects(sql.unsafe(CONNECT_AS_VERSION_1), /store_version/)
    })
    assert.deepEqual(await store.commit([withdrawal]), [{ ...kept, replayed: true }])
    const { openedAtMs, name, account } = (await store.reads.details('1')) ?? assert.fail()
    assert.deepEqual([openedAtMs, name, account.balance, account.status], [undefined, undefined, 70n, 'open'])
    const again = { kind: 'withdraw', account: '1', amount: 1n } as const
    const outcomes = await store.commit([again, again])
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : outcome.status)),
      ['posted', 'daily_count_limit_exceeded'],
      'what was withdrawn on the day of the change counts',
    )
    assert.deepEqual((await verifyPostgres(url)).firstDifferences, [])
  })

  test('is brought to the new shape once by several that start at the same time', async (t) => {
    const url = await createDatabase(t)
    await (await openPostgres(url, options)).close()
    await withSql(url, (sql) => sql.unsafe(TAKE_BACK_TO_VERSION_1))
    const stores = await Promise.all(Array.from({ length: 4 }, () => openPostgres(url, options)))
    for (const store of stores) {
      assert.equal(await store.isEmpty(), true)
      await store.close()
    }
  })

  test('is refused in one line where another program has a table of a new name', async (t) => {
    const url = await createDatabase(t)
    await (await openPostgres(url, options)).close()
    await withSql(url, (sql) => sql.unsafe(`${TAKE_BACK_TO_VERSION_1}; CREATE TABLE holds (reason TEXT)`))
    await assert.rejects(openPostgres(url, options), /"holds" already exists/)
  })
})
