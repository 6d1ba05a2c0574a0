import assert from 'node:assert/strict'
import { assertExactlyOnce, settle, type Settled, testAccounts } from './exactly-once.ts'
import { startInstances, stopAll } from './instances.ts'
import { startLoad, testOperation } from './load.ts'
import { Cluster } from './postgres-cluster.ts'
import { createDatabase, withSql } from './postgres.ts'
import type { Cleanup } from './service.ts'

export interface Drill {
  readonly settled: Settled
  /** From the death of the primary until each instance carried out an operation again. */
  readonly outageSeconds: readonly number[]
}

const STANDBY = 'standby'
const CLIENTS = 32

/** Both servers in one URL, as an instance is given them. */
function urlOfBoth(primary: string, standby: Cluster): string {
  const url = new URL(primary)
  return primary.replace(url.host, `${url.host},127.0.0.1:${standby.port}`)
}

/**
 * A primary with one synchronous standby, two instances under load: kills the primary, promotes the standby, and
 * waits until both instances serve again, with no restart. Fails unless each operation is booked exactly once.
 */
export async function failOver(cleanup: Cleanup, tell: (event: string) => void): Promise<Drill> {
  const primary = await Cluster.create({ synchronous_standby_names: STANDBY })
  cleanup.after(() => primary.remove())
  const standby = await primary.createStandby(STANDBY)
  await primary.start()
  await standby.start()
  const database = await createDatabase({ after: () => undefined }, primary.url())
  const replicas = await withSql(primary.url(), (sql) => sql`SELECT sync_state FROM pg_stat_replication`)
  assert.deepEqual([...replicas], [{ sync_state: 'sync' }], 'the standby has all that is acknowledged')
  const store = urlOfBoth(database, standby)
  const instances = await startInstances(cleanup, store, 2)
  const loads = instances.map(({ client }) => startLoad(client, CLIENTS, testOperation))
  await Promise.all(loads.map((load) => load.reached(1_000)))
  tell('two instances carry out operations on a primary with a synchronous standby')

  const killedMs = performance.now()
  await primary.kill()
  tell('the primary is dead')
  await withSql(standby.url(), (sql) => sql`SELECT pg_promote()`)
  tell(`the standby is promoted ${secondsSince(killedMs)} s later`)
  const served = await Promise.all(
    instances.map(async ({ client }) => {
      const answered = await settle(client, [testOperation()])
      return { answered, outageSeconds: secondsSince(killedMs) }
    }),
  )
  await Promise.all(loads.map((load) => load.reached(load.result.answered.length + 500)))
  await stopAll(loads)
  tell('both instances carry out operations again, and were not restarted')

  const [asked] = instances
  assert.ok(asked)
  const settled = await assertExactlyOnce(asked.client, store, testAccounts(), [
    ...loads.map(({ result }) => result),
    { answered: served.flatMap(({ answered }) => answered), unanswered: [] },
  ])
  assert.equal(settled.unanswered, 0, 'every request is answered')
  return { settled, outageSeconds: served.map(({ outageSeconds }) => outageSeconds) }
}

function secondsSince(beginMs: number): number {
  return Math.round((performance.now() - beginMs) / 10) / 100
}
