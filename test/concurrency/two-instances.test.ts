import assert from 'node:assert/strict'
import { randomInt, randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import { plainTerms } from '../../src/ledger/terms.ts'
import { openStore } from '../../src/storage/open.ts'
import { type Answer, moneyOf, wasReplayed } from '../support/client.ts'
import { assertVerified } from '../support/exactly-once.ts'
import { assertRunningBalances, historyOf } from '../support/history.ts'
import { type Instance, startInstances } from '../support/instances.ts'
import { type Answered, effectOf, inParallel, type Operation, sendOperation } from '../support/load.ts'
import { createDatabase, withSql } from '../support/postgres.ts'
import { rounds } from '../support/rounds.ts'

const clients = 64
const opening = 100_000n
const hot = '500000'
const others = Array.from({ length: 1_000 }, (_, index) => String(600_000 + index))

async function openAccounts(store: string): Promise<void> {
  const opened = await openStore(store, { terms: plainTerms(600_000), clock: Date.now })
  for (const accounts of [[hot], others.slice(0, 500), others.slice(500)])
    await opened.commit(accounts.map((account) => ({ kind: 'open', account, openingBalance: opening })))
  await opened.close()
}

/** Every other operation is on the hot account; withdrawals are large enough that some are declined. */
function anOperation(index: number): Operation {
  return {
    key: randomUUID(),
    account: index % 2 === 0 ? hot : (others[randomInt(others.length)] ?? hot),
    kind: index % 3 === 0 ? 'withdraw' : 'deposit',
    amountCents: BigInt(index % 3 === 0 ? randomInt(1, 200_000) : randomInt(1, 50_000)),
  }
}

/** The same request, with its key, to both at the same moment. */
async function sendToBoth([first, second]: readonly [Instance, Instance], operation: Operation) {
  return Promise.all([sendOperation(first.client, operation), sendOperation(second.client, operation)])
}

/** One of the two has carried it out, the other replays that. */
function assertOneAnswer(answers: readonly [Answer, Answer]): void {
  const [one, other] = answers
  assert.ok(one.status === 200 || one.status === 400, one.text)
  assert.deepEqual([other.status, other.text], [one.status, one.text])
  assert.equal(answers.filter(wasReplayed).length, 1, one.text)
}

describe('two instances on one PostgreSQL', () => {
  test(
    `with ${clients} clients that send keys to both at once book each key once, and to the cent`,
    { timeout: 120_000 },
    async (t) => {
      const store = await createDatabase(t)
      await openAccounts(store)
      const [first, second] = await startInstances(t, store, 2)
      assert.ok(first && second)

      const instances = [first, second] as const
      const operations = Array.from({ length: 6_000 }, (_, index) => anOperation(index))
      const answered = await inParallel(operations, clients, async (operation, index): Promise<Answered> => {
        if (index < operations.length / 2) {
          const answers = await sendToBoth(instances, operation)
          assertOneAnswer(answers)
          return { operation, answer: answers[0] }
        }
        // Then each to one of them, so that both build on what they wrote last, and are wrong about that.
        const answer = await sendOperation(instances[index % 4 < 2 ? 0 : 1].client, operation)
        assert.ok([200, 400].includes(answer.status) && !wasReplayed(answer), answer.text)
        return { operation, answer }
      })
      const posted = answered.filter(({ answer }) => answer.status === 200)
      assert.ok(posted.length > operations.length / 2, 'most are posted')
      assert.ok(posted.length < operations.length, 'some are declined')

      await inParallel([hot, ...others], 16, async (account) => {
        const mine = posted.filter(({ operation }) => operation.account === account)
        const expected = mine.reduce((sum, each) => sum + effectOf(each), opening)
        for (const { client } of [first, second])
          assert.equal(moneyOf(await client.balance(account)), moneyOf(expected), account)
        const rows = await historyOf(first.client, account)
        assert.equal(rows.length, mine.length, account)
        assertRunningBalances(opening, rows)
      })
      await assertVerified(store)
      t.diagnostic(
        `${posted.length} posted and ${answered.length - posted.length} declined, each by one of two`,
      )
    },
  )

  test('that get one key for different accounts at once book it for one, and refuse the other', async (t) => {
    const store = await createDatabase(t)
    const [first, second] = await startInstances(t, store, 2)
    assert.ok(first && second)
    const contests = Array.from(
      { length: rounds({ quick: 60, full: 300 }) },
      (_, round) => `contest-${round}`,
    )
    const winners = await inParallel(contests, 4, async (key) => {
      const contestants = [first.client.operate('deposit', '1001', '"0.01"', key)]
      contestants.push(second.client.operate('deposit', '1002', '"0.01"', key))
      const statuses = (await Promise.all(contestants)).map(({ status }) => status)
      assert.deepEqual(
        statuses.toSorted((a, b) => a - b),
        [200, 422],
      )
      return statuses.indexOf(200)
    })
    const balances = await Promise.all(['1001', '1002'].map((account) => first.client.balance(account)))
    assert.deepEqual(balances, [
      50_000n + BigInt(winners.filter((winner) => winner === 0).length),
      125_075n + BigInt(winners.filter((winner) => winner === 1).length),
    ])
    await assertVerified(store)
  })

  test('of which one has answered are both up to date at once', async (t) => {
    const store = await createDatabase(t)
    const [first, second] = await startInstances(t, store, 2)
    assert.ok(first && second)
    for (let cents = 1n; cents <= 50n; cents += 1n) {
      const [here, there]: [Instance, Instance] = cents % 2n === 0n ? [first, second] : [second, first]
      const answer: Answer = await here.client.operate('deposit', '9999', '"0.01"')
      assert.equal(answer.status, 200, answer.text)
      const balance: bigint = await there.client.balance('9999')
      assert.equal(balance, cents)
    }
  })
})

describe('four instances that start at once on an empty database', () => {
  test('all come up, and open the test accounts once', { timeout: 120_000 }, async (t) => {
    for (let round = 0; round < 3; round += 1) {
      const store = await createDatabase(t)
      const instances = await startInstances(t, store, 4)
      const balances = instances.map(({ client }) =>
        Promise.all(['1001', '1002', '9999'].map((account) => client.balance(account))),
      )
      for (const balance of await Promise.all(balances)) assert.deepEqual(balance, [50_000n, 125_075n, 0n])
      const [row] = await withSql(store, (sql) =>
        sql.unsafe('SELECT count(*)::int AS numbered FROM accounts WHERE number IS NOT NULL'),
      )
      assert.equal(row?.['numbered'], 3)
      await assertVerified(store)
      await Promise.all(instances.map(({ service }) => service.stop()))
    }
  })
})
