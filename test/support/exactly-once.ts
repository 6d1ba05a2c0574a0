import assert from 'node:assert/strict'
import { type Answer, type Client, moneyOf, wasReplayed } from './client.ts'
import { assertRunningBalances, type HistoryRow, historyOf } from './history.ts'
import {
  type Answered,
  effectOf,
  inParallel,
  type LoadResult,
  type Operation,
  sendOperation,
} from './load.ts'
import { run } from './service.ts'

/** What the acknowledged operations so far must have made of an account. */
export interface ExpectedAccount {
  readonly account: string
  balanceCents: bigint
  rows: number
}

export function testAccounts(): ExpectedAccount[] {
  return [
    { account: '1001', balanceCents: 50_000n, rows: 0 },
    { account: '1002', balanceCents: 125_075n, rows: 0 },
    { account: '9999', balanceCents: 0n, rows: 0 },
  ]
}

export interface Settled {
  /** Answered by the ledger at the first time of asking. */
  readonly acknowledged: number
  readonly declined: number
  /** Answered with 503. */
  readonly refused: number
  readonly unanswered: number
  /** Of those refused or not answered, how many turned out to be booked already. */
  readonly foundBooked: number
}

/** Whether the ledger has said yes or no. Anything else may only be a 503 that says when to come again. */
function isJudged(answer: Answer): boolean {
  if (answer.status === 200 || answer.status === 400) return true
  assert.equal(answer.status, 503, answer.text)
  assert.match(answer.headers['retry-after'] ?? '', /^\d+$/, 'a 503 says when to come again')
  return false
}

/** A service that is not back by then never will be. */
const SETTLE_MS = 30_000

/** Sends each with its key until the ledger answers. */
export function settle(client: Client, operations: readonly Operation[]): Promise<Answered[]> {
  const deadline = performance.now() + SETTLE_MS
  return inParallel(operations, 32, async (operation) => {
    for (;;) {
      const answer = await sendOperation(client, operation)
      if (isJudged(answer)) return { operation, answer }
      assert.ok(performance.now() < deadline, `no answer but 503 for ${SETTLE_MS} ms: ${answer.text}`)
    }
  })
}

/**
 * Settles what the loads left open, and fails unless each operation is booked exactly once: replays answer the
 * same, balances and histories are those of the answers, and the books verify. Nothing else may be under way.
 */
export async function assertExactlyOnce(
  client: Client,
  store: string,
  accounts: readonly ExpectedAccount[],
  loads: readonly LoadResult[],
): Promise<Settled> {
  const answered = loads.flatMap((load) => load.answered)
  const unanswered = loads.flatMap((load) => load.unanswered)
  const judged = answered.filter(({ answer }) => isJudged(answer))
  const refused = answered.filter(({ answer }) => !isJudged(answer))
  const retried = await settle(client, [...unanswered, ...refused.map(({ operation }) => operation)])
  const all = [...judged, ...retried]
  await Promise.all([assertReplaysTheSame(client, all), assertVerified(store)])
  for (const expected of accounts) await assertBooked(client, expected, all)
  return {
    acknowledged: judged.length,
    declined: judged.filter(({ answer }) => answer.status === 400).length,
    refused: refused.length,
    unanswered: unanswered.length,
    foundBooked: retried.filter(({ answer }) => wasReplayed(answer)).length,
  }
}

async function assertReplaysTheSame(client: Client, acknowledged: readonly Answered[]): Promise<void> {
  await inParallel(acknowledged, 32, async ({ operation, answer }) => {
    const replay = await sendOperation(client, operation)
    assert.ok(wasReplayed(replay), `forgotten: ${operation.key} ${answer.text}, now ${replay.text}`)
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

/** Fails unless the account moved by just these operations, one row for each. Expects them from then on. */
async function assertBooked(client: Client, expected: ExpectedAccount, all: readonly Answered[]) {
  const { account } = expected
  const successes = all.filter(
    ({ operation, answer }) => operation.account === account && answer.status === 200,
  )
  const before = { ...expected }
  expected.balanceCents += successes.reduce((sum, answered) => sum + effectOf(answered), 0n)
  expected.rows += successes.length

  assert.equal(moneyOf(await client.balance(account)), moneyOf(expected.balanceCents), account)
  const rows = await historyOf(client, account)
  assert.equal(rows.length, expected.rows, `history rows of ${account}`)
  const news = rows.slice(before.rows)
  assertRunningBalances(before.balanceCents, news)
  assert.deepEqual(linesOf(news), linesOf(successes.map(rowOf)))
}

/** Fails unless `npm run verify` finds the books of the store in order. */
export async function assertVerified(store: string): Promise<void> {
  const verified = await run('src/verify.ts', ['--store', store])
  assert.equal(verified.code, 0, verified.stdout + verified.stderr)
  assert.match(verified.stdout, /\bOK\b/)
}

/** Adds up what several rounds have settled, for a test to tell. */
export function total(rounds: readonly Settled[]): Settled {
  const sum = (name: keyof Settled): number => rounds.reduce((all, round) => all + round[name], 0)
  return {
    acknowledged: sum('acknowledged'),
    declined: sum('declined'),
    refused: sum('refused'),
    unanswered: sum('unanswered'),
    foundBooked: sum('foundBooked'),
  }
}

export function describeSettled(settled: Settled): string {
  return (
    `${settled.acknowledged} acknowledged, of which ${settled.declined} declined; ${settled.refused} refused by 503 ` +
    `and ${settled.unanswered} without an answer were retried, of which ${settled.foundBooked} were booked already`
  )
}
