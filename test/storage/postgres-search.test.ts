import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HISTORY, LATEST_POSTING_AT } from '../../src/storage/postgres/read/posting-search.ts'
import { isRecord } from '../support/client.ts'
import { connectTo } from '../support/postgres.ts'
import { Random } from '../support/random.ts'
import { openPair } from './postgres-stores.ts'

const postings = 200_000

/**
 * Postings of three accounts on all sides and with gaps in their ids. The time passes in steps, so that many have the
 * same; the first half names the account 50 only now and then, and the last tenth not at all.
 */
const FILL = `INSERT INTO postings
    (id, at_ms, kind, debit_account_id, credit_account_id, amount, debit_balance, credit_balance)
  SELECT 10000 + n * 3 + n % 2, 1000 * (n / 7), 1 + n % 3,
    CASE WHEN n % 3 = 0 THEN 1 + n % 8 WHEN n < ${postings / 2} AND n % 1000 > 3 OR n > ${postings * 0.9} THEN 51 ELSE 50 END,
    CASE WHEN n % 3 = 1 THEN 1 + n % 8 WHEN n % 5 = 0 AND n BETWEEN ${postings / 2} AND ${postings * 0.9} THEN 50 ELSE 52 END,
    1, 0, 0
  FROM generate_series(1, ${postings}) AS n`

const SCAN = `SELECT max(id) AS id FROM postings
  WHERE (debit_account_id = $1::bigint OR credit_account_id = $1::bigint) AND kind > 0 AND at_ms <= $2::bigint`

interface Effort {
  readonly nodeTypes: readonly string[]
  /** Read from tables and indexes. */
  readonly rows: number
}

/** Adds up what the plan and all that is below it have read. */
function effortOf(plan: unknown): Effort {
  assert.ok(isRecord(plan))
  const below: readonly unknown[] = Array.isArray(plan['Plans']) ? plan['Plans'] : []
  const efforts = below.map(effortOf)
  const type = String(plan['Node Type'])
  const discarded = Number(plan['Rows Removed by Filter'] ?? 0)
  const own = type.includes('Index')
    ? (Number(plan['Actual Rows']) + discarded) * Number(plan['Actual Loops'])
    : 0
  return {
    nodeTypes: [type, ...efforts.flatMap(({ nodeTypes }) => nodeTypes)],
    rows: efforts.reduce((sum, { rows }) => sum + rows, own),
  }
}

/** What the statement costs by the plan that serves all accounts and moments alike, as of a prepared statement. */
async function effort(sql: ReturnType<typeof connectTo>, execution: string): Promise<Effort> {
  const [explained] = await sql.unsafe(`EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE ${execution}`)
  const plans: unknown = explained?.['QUERY PLAN']
  assert.ok(Array.isArray(plans))
  const whole: unknown = plans[0]
  return effortOf(isRecord(whole) ? whole['Plan'] : undefined)
}

describe('a long history on PostgreSQL', () => {
  test('is searched for a moment and read from any place by its indexes alone', async (t) => {
    const { url, stores } = await openPair(t)
    const sql = connectTo(url)
    t.after(() => sql.end())
    await sql.unsafe(FILL)
    const latestMs = Math.floor(1_000 * (postings / 7))
    const random = new Random(20_261_122)
    const moments = Array.from({ length: 20 }, () => random.integer(-5_000, latestMs + 5_000))
    for (const accountId of [50, 51, 52, 53])
      for (const atMs of [0, 999, 1_000, latestMs, ...moments]) {
        const [row] = await sql.unsafe(SCAN, [accountId, atMs])
        const found = await stores[0].reads.latestPostingAt(accountId, atMs)
        assert.equal(found?.id ?? null, row?.['id'] === null ? null : Number(row?.['id']))
      }
    const cashDrawer = 1
    assert.equal(await stores[0].reads.latestPostingAt(cashDrawer, latestMs), undefined)

    await sql.unsafe(`PREPARE search AS ${LATEST_POSTING_AT}; PREPARE page AS ${HISTORY};
      SET plan_cache_mode = force_generic_plan`)
    for (const preparation of ['', 'ANALYZE postings']) {
      await sql.unsafe(preparation)
      for (const accountId of [50, 51, 52, 53]) {
        const search = await effort(sql, `search(${accountId}, ${Math.floor(latestMs / 3)})`)
        const page = await effort(sql, `page(${accountId}, ${10_000 + postings}, 10)`)
        const types = [...search.nodeTypes, ...page.nodeTypes]
        assert.deepEqual(
          types.filter((type) => /Seq|Bitmap/.test(type)),
          [],
        )
        assert.ok(search.rows < 100 && page.rows <= 20, `${search.rows} and ${page.rows} rows were read`)
        t.diagnostic(`account ${accountId}: ${search.rows} rows to find a moment, ${page.rows} for a page`)
      }
    }
  })
})
