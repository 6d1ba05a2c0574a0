import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Client } from '../support/client.ts'
import { assertVerified } from '../support/exactly-once.ts'
import { clusterForSuite } from '../support/faults.ts'
import { assertRunningBalances, historyOf } from '../support/history.ts'
import { startInstances } from '../support/instances.ts'
import { inParallel } from '../support/load.ts'
import { connectTo, createDatabase, giveToRole, withSql } from '../support/postgres.ts'
import { ask, expectStatus, moveCash, openAccount, placeHold, reverse } from '../support/requests.ts'
import { rounds as roundsOf } from '../support/rounds.ts'
import { endRowTrouble, limitStatements, troubleRows } from '../support/row-trouble.ts'

/** Each has so many reads and deposits: 10,000 and 3,000 in a full run. */
const rounds = roundsOf({ quick: 1, full: 5 })
const READS = 2_000
const DEPOSITS = 600
const CLIENTS = 24
const CANCEL_EVERY = 10

/** The paths that are read, each with the one right answer. */
type Answers = ReadonlyMap<string, string>

/** Accounts and what belongs to them, which nobody changes while they are read. */
async function prepareReads(client: Client): Promise<Answers> {
  for (let index = 0; index < 30; index += 1) await openAccount(client, `still-${index}`, 100n)
  for (let index = 1n; index <= 25n; index += 1n) await moveCash(client, 'deposit', 'still-0', index)
  const hold = await placeHold(client, 'still-0', 50n)
  const statement = await ask(client, 'GET', '/accounts/still-0/statement?from=2026-01-01&to=2100-01-01')
  const ids = [...statement.text.matchAll(/"id":"(\d+)"/g)].map(([, id]) => id)
  const first = await client.get('/accounts?limit=10')
  const next = /<([^>]+)>; rel="next"/.exec(String(first.headers['link']))?.[1]
  assert.ok(next !== undefined && ids.length === 26, statement.text)
  const paths = [
    '/accounts/still-0/balance',
    '/accounts/still-1/balance',
    '/accounts/still-0/balance?at=2099-01-01',
    '/accounts/still-0/transactions?limit=20',
    '/accounts/still-0/statement?from=2026-01-01&to=2100-01-01',
    '/accounts/still-0',
    `/holds/${hold}`,
    `/transactions/${ids[3]}`,
    new URL(next, client.url).pathname + new URL(next, client.url).search,
  ]
  const answers = await Promise.all(paths.map(async (path) => [path, await client.get(path)] as const))
  for (const [path, { status, text }] of answers) assert.equal(status, 200, `${path} ${text}`)
  return new Map(answers.map(([path, { text }]) => [path, text]))
}

/** To be called after each answer: every so often it cancels something that the service's connections are doing. */
type Disturb = () => Promise<void>

function cancelling(sql: ReturnType<typeof connectTo>, role: string): Disturb {
  let answers = 0
  return async () => {
    answers += 1
    if (answers % CANCEL_EVERY !== 0) return
    await sql`SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = ${role} AND state = 'active'
      ORDER BY random() LIMIT 1`
  }
}

/** Requests that lead to rows which cannot be read, or take too long. */
interface Trouble {
  readonly paths: readonly string[]
  /** Reversals that were made already, but for the second one, whose original cannot be read. */
  readonly transactions: readonly string[]
}

async function prepareTrouble(client: Client, store: string): Promise<Trouble> {
  for (const number of ['unreadable', 'slow', 'moved']) await openAccount(client, number, 0n)
  for (let index = 0; index < 3; index += 1) await moveCash(client, 'deposit', 'moved', 100n)
  const { text } = await ask(client, 'GET', '/accounts/moved/statement')
  const transactions = [...text.matchAll(/"id":"(\d+)"/g)].map(([, id]) => id ?? '')
  const [first = '', second, third = ''] = transactions
  for (const id of [first, third]) expectStatus(await reverse(client, { transaction_id: id }), 200)
  await troubleRows(store, 'postings', { unreadable: [Number(second)], slow: [Number(third)], slowEvery: 4 })
  const idOf = (number: string): Promise<number> =>
    withSql(store, async (sql) => {
      const [row] = await sql<{ id: bigint }[]>`SELECT id FROM accounts WHERE number = ${number}`
      return Number(row?.id)
    })
  await troubleRows(store, 'accounts', {
    unreadable: [await idOf('unreadable')],
    slow: [await idOf('slow')],
    slowEvery: 4,
  })
  return { paths: ['/accounts/unreadable/balance', '/accounts/slow/balance'], transactions }
}

/** Whether it was answered. If not, it must be a 503 that says for certain that nothing has changed. */
function isAnswered({ status, text }: { status: number; text: string }): boolean {
  if (status !== 503) return true
  assert.match(text, /nothing has changed/)
  return false
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

/** Reads everything again and again, with trouble in between; answers how often it was answered. */
async function read(client: Client, answers: Answers, { paths }: Trouble, disturb: Disturb): Promise<number> {
  const all = [...answers]
  const results = await inParallel(upTo(READS / 2), CLIENTS, async (index) => {
    if (index % 40 === 0) {
      const answer = await client.get(paths[(index / 40) % paths.length] ?? '')
      if (isAnswered(answer)) assert.match(answer.text, /"slow","balance":"0.00"/)
      return false
    }
    const [path, expected] = all[index % all.length] ?? assert.fail()
    const answer = await client.get(path).catch((error: unknown) => {
      // A statement is streamed: once it has begun, breaking it off is the only way to say no.
      if (path.includes('/statement')) return undefined
      throw error
    })
    await disturb()
    if (answer === undefined || !isAnswered(answer)) return false
    assert.deepEqual([path, answer.status, answer.text], [path, 200, expected])
    return true
  })
  return results.filter(Boolean).length
}

const accounts = ['1001', '9999'] as const

/** How many deposits were booked, by account. */
type Booked = ReadonlyMap<string, number>

/** Deposits cents without a key, with trouble in between. */
async function deposit(client: Client, { transactions }: Trouble, disturb: Disturb): Promise<Booked> {
  const booked = new Map<string, number>()
  await inParallel(upTo(DEPOSITS / 2), CLIENTS, async (index) => {
    if (index % 100 === 0) {
      const reversals = transactions.map((id) => reverse(client, { transaction_id: id }))
      const answered = (await Promise.all(reversals)).map(isAnswered)
      assert.equal(answered[1], false, 'what cannot be read is not reversed')
    }
    const account = accounts[index % 2 === 0 ? 0 : 1]
    const answer = await client.operate('deposit', account, '"0.01"')
    await disturb()
    if (!isAnswered(answer)) return
    assert.equal(answer.status, 200, answer.text)
    booked.set(account, (booked.get(account) ?? 0) + 1)
  })
  return booked
}

describe('two instances whose statements are cancelled, time out and meet unreadable rows', () => {
  const cluster = clusterForSuite()

  test('answer every read right or not at all, and book every deposit once', async (t) => {
    const store = await createDatabase({ after: () => undefined }, cluster().url())
    const { role, url } = await giveToRole(store)
    const clients = (await startInstances(t, url, 2)).map(({ client }) => client)
    const [client] = clients
    assert.ok(client)
    const answers = await prepareReads(client)
    const trouble = await prepareTrouble(client, store)
    await limitStatements(store, role)
    const sql = connectTo(store)
    t.after(() => sql.end())
    const disturb = cancelling(sql, role)
    const openings = await Promise.all(accounts.map((account) => client.balance(account)))
    const rows = accounts.map(() => 0)
    let reads = 0
    for (let round = 0; round < rounds; round += 1) {
      const [counts, booked] = await Promise.all([
        Promise.all(clients.map((each) => read(each, answers, trouble, disturb))),
        Promise.all(clients.map((each) => deposit(each, trouble, disturb))),
      ])
      for (const count of counts) reads += count
      for (const [index, account] of accounts.entries()) {
        rows[index] = booked.reduce((sum, each) => sum + (each.get(account) ?? 0), rows[index] ?? 0)
        assert.equal(await client.balance(account), (openings[index] ?? 0n) + BigInt(rows[index]), account)
      }
    }
    for (const [index, account] of accounts.entries()) {
      const history = await historyOf(client, account)
      assert.equal(history.length, rows[index], account)
      assertRunningBalances(openings[index] ?? 0n, history)
    }
    await endRowTrouble(store)
    await assertVerified(store)
    const deposits = rows.reduce((sum, count) => sum + count, 0)
    t.diagnostic(
      `${reads} of ${rounds * READS} reads were answered, ${deposits} of ${rounds * DEPOSITS} deposits booked`,
    )
    assert.ok(reads > (rounds * READS) / 3 && deposits > (rounds * DEPOSITS) / 3)
  })
})
