import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test, type TestContext } from 'node:test'
import { plainTerms } from '../../src/ledger/terms.ts'
import { openPostgres, verifyPostgres } from '../../src/storage/postgres/open-postgres.ts'
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

/** Indexes that decide what customers are told, each with rows that it is to lose. */
const damagedIndexes = [
  { index: 'accounts_number_key', table: 'accounts', rows: "number = '1'" },
  { index: 'postings_by_reversed', table: 'postings', rows: 'reversed_posting_id IS NOT NULL' },
  { index: 'postings_of_credited', table: 'postings', rows: 'id = 5' },
  { index: 'holds_open', table: 'holds', rows: 'state = 0' },
]

/** Writes the rows anew while the index is not kept up, so that they are in the table and not in the index. */
function withoutRows(index: string, table: string, rows: string): string {
  const setReady = (isReady: boolean): string =>
    `UPDATE pg_index SET indisready = ${isReady} WHERE indexrelid = '${index}'::regclass`
  return `CREATE TEMP TABLE moved AS SELECT * FROM ${table} WHERE ${rows};
    DELETE FROM ${table} WHERE ${rows};
    ${setReady(false)};
    INSERT INTO ${table} SELECT * FROM moved;
    ${setReady(true)}`
}

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

  for (const { index, table, rows } of damagedIndexes) {
    test(`finds that the index ${index} lacks rows`, async (t) => {
      const damaged = await copyOf(t, url)
      await withSql(damaged, (connection) => connection.unsafe(withoutRows(index, table, rows)))
      const [first] = (await verifyPostgres(damaged)).firstDifferences
      assert.match(first ?? '', new RegExp(`the index ${index} is damaged.* entries, where the table has`))
    })
  }

  test('finds that an index is not in use', async (t) => {
    const damaged = await copyOf(t, url)
    await withSql(damaged, (connection) => connection.unsafe('DROP INDEX holds_open'))
    assert.deepEqual((await verifyPostgres(damaged)).firstDifferences, [
      'the index holds_open is damaged, REINDEX it: it is missing or not in use',
    ])
  })

  test('lets the extension amcheck look at what a comparison does not see, where it is installed', async (t) => {
    const damaged = await copyOf(t, url)
    const setUp = (statement: string): Promise<unknown> =>
      withSql(damaged, (connection) => connection.unsafe(statement))
    const [available] = await withSql(damaged, (sql) =>
      sql.unsafe("SELECT name FROM pg_available_extensions WHERE name = 'amcheck'"),
    )
    if (available === undefined) return t.skip('this server comes without the extension amcheck')
    await setUp('CREATE EXTENSION amcheck')
    assertInOrder(await verifyPostgres(damaged))
    await setUp("UPDATE pg_index SET indoption = '3' WHERE indexrelid = 'accounts_number_key'::regclass")
    const [first] = (await verifyPostgres(damaged)).firstDifferences
    assert.match(first ?? '', /accounts_number_key is damaged.*order/)
  })
})
