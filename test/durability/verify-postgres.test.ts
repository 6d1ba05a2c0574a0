import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test, type TestContext } from 'node:test'
import { plainTerms } from '../../src/ledger/terms.ts'
import { openPostgres, verifyPostgres } from '../../src/stores/postgres/engine.ts'
import { assertHealthy, assertNamed, damages, fillBooks, type Target } from '../support/damages.ts'
import { assertInOrder, fillWithLinks, linkDamages } from '../support/link-damages.ts'
import { createDatabase, withSql } from '../support/postgres.ts'

/** A copy of the store, which nobody may use meanwhile, for one test. */
async function copyOf(t: TestContext, store: string): Promise<string> {
  const url = new URL(store)
  const original = url.pathname.slice(1)
  const copy = `atm_test_${randomUUID().replaceAll('-', '')}`
  url.pathname = '/postgres'
  const administration = url.href
  const execute = (statement: string): Promise<unknown> =>
    withSql(administration, (sql) => sql.unsafe(statement))
  await execute(`CREATE DATABASE ${copy} TEMPLATE ${original}`)
  t.after(() => execute(`DROP DATABASE ${copy} WITH (FORCE)`))
  url.pathname = `/${copy}`
  return url.href
}

/** The posting in the middle, with the record of the key that it was made under. */
function findTarget(store: string): Promise<Target> {
  return withSql(store, async (sql) => {
    const [row] = await sql<{ id: bigint }[]>`SELECT id FROM postings ORDER BY id LIMIT 1 OFFSET 49`
    assert.ok(row)
    const postingId = Number(row.id)
    return { postingId, record: `posting_id = ${postingId}`, otherBytes: String.raw`'\x0000000000000000'` }
  })
}

describe('verify on PostgreSQL', () => {
  let store = ''
  let target: Target
  const cleanups: (() => Promise<void>)[] = []

  before(async () => {
    store = await createDatabase({ after: (hook) => cleanups.push(hook) })
    await fillBooks(store)
    target = await findTarget(store)
  })
  after(() => Promise.all(cleanups.map((cleanup) => cleanup())))

  test('finds the books of a healthy store in order, and counts them', () => assertHealthy(store))

  for (const { what, sql, named } of damages) {
    test(`finds ${what} changed`, async (t) => {
      const damaged = await copyOf(t, store)
      await withSql(damaged, (connection) => connection.unsafe(sql(target)))
      await assertNamed(damaged, named(target))
    })
  }
})

describe('verify of books with holds and reversals on PostgreSQL', () => {
  let url = ''
  const cleanups: (() => Promise<void>)[] = []

  before(async () => {
    url = await createDatabase({ after: (hook) => cleanups.push(hook) })
    const store = await openPostgres(url, { terms: plainTerms(600_000), clock: () => 1_000_000 })
    await fillWithLinks(store)
    await store.close()
  })
  after(() => Promise.all(cleanups.map((cleanup) => cleanup())))

  test('finds them in order, and counts them', async () => assertInOrder(await verifyPostgres(url)))

  for (const { what, sql, named } of linkDamages) {
    test(`finds ${what}`, async (t) => {
      const damaged = await copyOf(t, url)
      await withSql(damaged, (connection) => connection.unsafe(sql))
      assert.match((await verifyPostgres(damaged)).firstDifferences.join('\n'), named)
    })
  }
})
