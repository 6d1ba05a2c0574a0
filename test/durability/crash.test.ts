import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Client, moneyOf, wasReplayed } from '../support/client.ts'
import { assertRunningBalances, type HistoryRow, historyOf } from '../support/history.ts'
import {
  type Answered,
  effectOf,
  inParallel,
  randomOperation,
  sendOperation,
  startLoad,
} from '../support/load.ts'
import { run, type Service, startService, temporaryFolder } from '../support/service.ts'

const rounds = Number(process.env['ATM_CRASH_ROUNDS'] ?? 50)

/** What the acknowledged operations of all rounds so far must have made of an account. */
interface ExpectedAccount {
  readonly account: string
  balanceCents: bigint
  rows: number
}

function start(store: string): Promise<Service> {
  return startService(['--store', store, '--idempotency-ttl', '3600'])
}

/** Kills the service at some moment while 32 to 64 clients keep it busy. */
async function killUnderLoad(service: Service, accounts: readonly string[]) {
  const clients = randomInt(32, 65)
  const client = new Client(service.url, clients)
  const load = startLoad(client, clients, () => randomOperation(accounts))
  await load.reached(50)
  await pause(randomInt(20, 301))
  await service.stop('SIGKILL')
  await load.finished
  client.close()
  return load.result
}

async function assertReplaysTheSame(client: Client, acknowledged: readonly Answered[]): Promise<void> {
  await inParallel(acknowledged, 32, async ({ operation, answer }) => {
    const replay = await sendOperation(client, operation)
    assert.ok(wasReplayed(replay), `forgotten: ${JSON.stringify(operation.key)} ${answer.text}`)
    assert.equal(replay.status, answer.status)
    assert.equal(replay.text, answer.text)
  })
}

/** Each success shows by its own type, amount and balance after it. */
function linesOf(rows: readonly Pick<HistoryRow, 'type' | 'amount' | 'balance'>[]): string[] {
  return rows.map(({ type, amount, balance }) => `${type} ${amount} ${balance}`).toSorted()
}

function rowOf({ operation, answer }: Answered): Pick<HistoryRow, 'type' | 'amount' | 'balance'> {
  const balance = /"balance":"([^"]+)"/.exec(answer.text)?.[1] ?? ''
  return { type: operation.kind, amount: moneyOf(operation.amountCents), balance }
}

async function assertBooked(client: Client, expected: ExpectedAccount, acknowledged: readonly Answered[]) {
  const successes = acknowledged.filter(
    ({ operation, answer }) => operation.account === expected.account && answer.status === 200,
  )
  const before = { ...expected }
  expected.balanceCents += successes.reduce((sum, answered) => sum + effectOf(answered), 0n)
  expected.rows += successes.length

  assert.equal(
    moneyOf(await client.balance(expected.account)),
    moneyOf(expected.balanceCents),
    expected.account,
  )
  const rows = await historyOf(client, expected.account)
  assert.equal(rows.length, expected.rows, `history rows of ${expected.account}`)
  const news = rows.slice(before.rows)
  assertRunningBalances(before.balanceCents, news)
  assert.deepEqual(linesOf(news), linesOf(successes.map(rowOf)))
}

async function assertVerified(store: string): Promise<void> {
  const verified = await run('src/verify.ts', ['--store', store])
  assert.equal(verified.code, 0, verified.stdout + verified.stderr)
  assert.match(verified.stdout, /\bOK\b/)
}

test(
  `each operation is booked exactly once through ${rounds} kills at random moments`,
  { timeout: 60_000 + rounds * 10_000 },
  async (t) => {
    const store = `sqlite:${join(await temporaryFolder(t), 'atm.db')}`
    const accounts: ExpectedAccount[] = [
      { account: '1001', balanceCents: 50_000n, rows: 0 },
      { account: '1002', balanceCents: 125_075n, rows: 0 },
      { account: '9999', balanceCents: 0n, rows: 0 },
    ]
    const count = { acknowledged: 0, declined: 0, retried: 0, foundPosted: 0 }
    let service = await start(store)
    t.after(() => service.stop('SIGKILL'))

    for (let round = 1; round <= rounds; round += 1) {
      const { answered, unanswered } = await killUnderLoad(
        service,
        accounts.map(({ account }) => account),
      )
      service = await start(store)
      const client = new Client(service.url)
      const retried = await inParallel(unanswered, 32, async (operation) => ({
        operation,
        answer: await sendOperation(client, operation),
      }))
      const acknowledged = [...answered, ...retried]
      for (const { answer } of acknowledged) assert.ok([200, 400].includes(answer.status), answer.text)

      await Promise.all([assertReplaysTheSame(client, acknowledged), assertVerified(store)])
      for (const expected of accounts) await assertBooked(client, expected, acknowledged)
      client.close()
      count.acknowledged += answered.length
      count.declined += answered.filter(({ answer }) => answer.status === 400).length
      count.retried += retried.length
      count.foundPosted += retried.filter(({ answer }) => wasReplayed(answer)).length
    }

    assert.ok(count.acknowledged >= rounds * 50 && count.retried > 0, 'there was load at each kill')
    assert.ok(accounts.every(({ rows }) => rows > 0))
    t.diagnostic(
      `${rounds} rounds: ${count.acknowledged} acknowledged, of which ${count.declined} declined; ` +
        `${count.retried} had no answer and were retried, of which ${count.foundPosted} were found booked already`,
    )
  },
)
