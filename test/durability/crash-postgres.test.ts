import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { wasReplayed } from '../support/client.ts'
import {
  assertExactlyOnce,
  describeSettled,
  settle,
  type Settled,
  testAccounts,
  total,
} from '../support/exactly-once.ts'
import { type Instance, startInstances, stopAll } from '../support/instances.ts'
import { type Answered, type Load, type LoadResult, testOperation, startLoad } from '../support/load.ts'
import { Cluster } from '../support/postgres-cluster.ts'
import { createDatabase } from '../support/postgres.ts'
import { rounds as roundsOf } from '../support/rounds.ts'

const rounds = roundsOf({ quick: 2, full: 20 })
const timeout = 60_000 + rounds * 10_000
const clients = 24

const loadOn = ({ client }: Instance): Load => startLoad(client, clients, testOperation)

/** Kills one instance; the other works on, and is asked at once for what the first has left open. */
async function killInstance(
  victim: Instance,
  survivor: Instance,
): Promise<{ inherited: Answered[]; results: LoadResult[] }> {
  const [dying, going] = [loadOn(victim), loadOn(survivor)]
  await Promise.all([dying.reached(50), going.reached(50)])
  await pause(randomInt(0, 100))
  await victim.service.stop('SIGKILL')
  await dying.finished
  const inherited = await settle(survivor.client, dying.result.unanswered)
  await stopAll([going])
  const answered = [...dying.result.answered, ...inherited]
  return { inherited, results: [{ answered, unanswered: [] }, going.result] }
}

/** Kills the server, starts it again, and waits until the instances serve as before. */
async function killServer(cluster: Cluster, instances: readonly Instance[]): Promise<LoadResult[]> {
  const loads = instances.map(loadOn)
  await Promise.all(loads.map((load) => load.reached(50)))
  await pause(randomInt(0, 100))
  await cluster.kill()
  await cluster.start()
  const served = await Promise.all(instances.map(({ client }) => settle(client, [testOperation()])))
  await stopAll(loads)
  return [...loads.map(({ result }) => result), { answered: served.flat(), unanswered: [] }]
}

describe('each operation is booked exactly once on PostgreSQL', () => {
  test(`through ${rounds} kills of an instance while another works on`, { timeout }, async (t) => {
    const store = await createDatabase(t)
    const [first, second] = await startInstances(t, store, 2)
    assert.ok(first && second)
    const accounts = testAccounts()
    const settled: Settled[] = []
    for (let round = 0; round < rounds; round += 1) {
      const [victim, survivor] = round % 2 === 0 ? [first, second] : [second, first]
      const { inherited, results } = await killInstance(victim, survivor)
      const { acknowledged, ...others } = await assertExactlyOnce(survivor.client, store, accounts, results)
      settled.push({
        ...others,
        acknowledged: acknowledged - inherited.length,
        unanswered: inherited.length,
        foundBooked: inherited.filter(({ answer }) => wasReplayed(answer)).length,
      })
      await victim.restart()
    }
    const all = total(settled)
    assert.ok(all.unanswered > 0 && accounts.every(({ rows }) => rows > 0), 'there was load at the kills')
    t.diagnostic(`${rounds} rounds: ${describeSettled(all)}`)
  })

  test(`through ${rounds} kills of the server, and the services stay up`, { timeout }, async (t) => {
    const cluster = await Cluster.create()
    t.after(() => cluster.remove())
    await cluster.start()
    const store = await createDatabase({ after: () => undefined }, cluster.url())
    const instances = await startInstances(t, store, 2)
    const accounts = testAccounts()
    const settled: Settled[] = []
    for (let round = 0; round < rounds; round += 1) {
      const results = await killServer(cluster, instances)
      const [asked] = instances
      assert.ok(asked)
      settled.push(await assertExactlyOnce(asked.client, store, accounts, results))
    }
    const all = total(settled)
    assert.equal(all.unanswered, 0, 'a service that is up answers')
    assert.ok(all.acknowledged >= rounds * 100 && accounts.every(({ rows }) => rows > 0))
    t.diagnostic(`${rounds} rounds: ${describeSettled(all)}`)
  })
})
