import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { Client } from '../support/client.ts'
import { type Dated, LONG, SHORT, writeHistories } from '../support/long-history.ts'
import { residentMemory } from '../support/memory.ts'
import { createDatabase } from '../support/postgres.ts'
import { ask, centsIn, expectStatus } from '../support/requests.ts'
import { startService, temporaryFolder } from '../support/service.ts'
import { readCsvStatement, type ReadStatement } from '../support/statements.ts'
import { rounds } from '../support/rounds.ts'

const BYTES_PER_MIB = 1024 * 1024
const MAX_GROWTH_MIB = 64

/** With this little room garbage cannot lie about until it looks like something that is kept. */
const SMALL_HEAP = { NODE_OPTIONS: '--max-old-space-size=64 --max-semi-space-size=1' }
const INSTANTS = 100
/** Of 1,000 times the length: far more than it costs, and far less than looking through it would. */
const MAX_COST_RATIO = 5

async function serve(
  t: TestContext,
  store: string,
  env: NodeJS.ProcessEnv = {},
): Promise<{ client: Client; pid: number | undefined }> {
  const service = await startService(['--store', store], env)
  const client = new Client(service.url, 1)
  t.after(async () => {
    client.close()
    await service.stop()
  })
  return { client, pid: service.process.pid }
}

function randomInstants({ firstMs, lastMs }: Dated): readonly number[] {
  const dayMs = 24 * 60 * 60 * 1000
  return Array.from({ length: INSTANTS }, () => randomInt(firstMs - dayMs, lastMs + dayMs))
}

async function balanceAt(client: Client, number: string, atMs: number): Promise<bigint> {
  const at = encodeURIComponent(new Date(atMs).toISOString())
  return centsIn(
    expectStatus(await ask(client, 'GET', `/accounts/${number}/balance?at=${at}`), 200),
    'balance',
  )
}

/** Fails unless the balance at an instant is that of the latest line by then: at random ones, and at a line's very own. */
async function assertAgrees(client: Client, statement: ReadStatement, dated: Dated): Promise<void> {
  const times = [...statement.balanceByTime.keys()]
  const random = randomInstants(dated).map((atMs) => Math.min(atMs, Date.now()))
  const exact = Array.from({ length: 10 }, () => times[randomInt(times.length)] ?? dated.firstMs)
  for (const atMs of [...random, ...exact, ...exact.map((each) => each - 1)]) {
    const latest = times.findLast((time) => time <= atMs)
    const expected = latest === undefined ? 0n : statement.balanceByTime.get(latest)
    assert.equal(await balanceAt(client, LONG, atMs), expected, new Date(atMs).toISOString())
  }
}

async function medianMs(client: Client, number: string, instants: readonly number[]): Promise<number> {
  const took: number[] = []
  for (const atMs of instants) {
    const startedAtMs = performance.now()
    await balanceAt(client, number, atMs)
    took.push(performance.now() - startedAtMs)
  }
  return took.toSorted((a, b) => a - b)[Math.floor(took.length / 2)] ?? 0
}

/** The speed as such is for the benchmarks to tell; a cost that grows with the history shows here all the same. */
async function assertCostsNoMore(t: TestContext, client: Client, dated: Dated): Promise<void> {
  const instants = randomInstants(dated)
  for (const number of [LONG, SHORT]) await medianMs(client, number, instants)
  const longMs = await medianMs(client, LONG, instants)
  const shortMs = await medianMs(client, SHORT, instants)
  t.diagnostic(
    `balance at an instant: ${longMs.toFixed(2)} ms on the long history, ${shortMs.toFixed(2)} ms on the short one`,
  )
  assert.ok(longMs < shortMs * MAX_COST_RATIO, 'the cost grows with the history')
}

/** Reads the statement as it streams, and fails if the service keeps more and more of it in memory meanwhile. */
async function readInFlatMemory(
  t: TestContext,
  client: Client,
  pid: number | undefined,
): Promise<ReadStatement> {
  await readCsvStatement(`${client.url}/accounts/${SHORT}/statement`)
  const before = residentMemory(pid)
  const statement = await readCsvStatement(`${client.url}/accounts/${LONG}/statement`)
  const after = residentMemory(pid)
  if (before === undefined || after === undefined) {
    t.diagnostic('the memory was not measured: this system has no /proc')
    return statement
  }
  const grownMib = (after.peakBytes - before.nowBytes) / BYTES_PER_MIB
  t.diagnostic(`the service grew by ${grownMib.toFixed(0)} MiB at most`)
  assert.ok(grownMib < MAX_GROWTH_MIB, `${grownMib} MiB`)
  return statement
}

describe('a long history', () => {
  const batches = rounds({ quick: 40, full: 1_000 })
  const lines = batches * 1_000

  test(`of ${lines.toLocaleString('en')} postings leaves as a statement in flat memory, and balances at any instant agree with it`, async (t) => {
    const store = `sqlite:${join(await temporaryFolder(t), 'atm.db')}`
    const dated = await writeHistories(store, { batches, postingsPerBatch: 1_000 })
    const { client, pid } = await serve(t, store, SMALL_HEAP)
    const statement = await readInFlatMemory(t, client, pid)
    assert.equal(statement.lines, lines)
    assert.equal(statement.closingBalance, await client.balance(LONG))
    await assertAgrees(client, statement, dated)
    await assertCostsNoMore(t, client, dated)
  })

  test('of 10,000 postings on PostgreSQL gives a statement with which balances at any instant agree', async (t) => {
    const store = await createDatabase(t)
    const dated = await writeHistories(store, { batches: 500, postingsPerBatch: 20 })
    const { client } = await serve(t, store)
    const statement = await readCsvStatement(`${client.url}/accounts/${LONG}/statement`)
    assert.equal(statement.lines, 10_000)
    assert.equal(statement.closingBalance, await client.balance(LONG))
    await assertAgrees(client, statement, dated)
  })
})
