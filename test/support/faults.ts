import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type Answer, errorIn } from './client.ts'
import { type Instance, startInstances } from './instances.ts'
import { Cluster } from './postgres-cluster.ts'
import { createDatabase, withSql } from './postgres.ts'
import type { Cleanup } from './service.ts'

/** Longer than any request may take to be answered, whatever the server does. */
export const BOUND_MS = 15_000

/** The answer, which must come in time. */
export async function inTime(answer: Promise<Answer>): Promise<Answer> {
  const begin = performance.now()
  const { status, headers, text } = await answer
  const elapsedMs = performance.now() - begin
  assert.ok(elapsedMs < BOUND_MS, `answered after ${Math.round(elapsedMs)} ms`)
  return { status, headers, text }
}

export function assertUnavailable(answer: Answer): void {
  assert.equal(answer.status, 503, answer.text)
  assert.match(answer.headers['retry-after'] ?? '', /^\d+$/)
  assert.match(errorIn(answer), /again/)
}

/** Ends every connection of the database but the one that does it. */
const TERMINATE = `SELECT count(pg_terminate_backend(pid))::int AS ended FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()`

/** Resolves when some connection of the service waits for a lock. */
export function untilBlocked(store: string): Promise<void> {
  return untilWaiting(store, true)
}

/** Resolves when none waits for a lock any more, which the server must see to by itself. */
export function untilNoneIsBlocked(store: string): Promise<void> {
  return untilWaiting(store, false)
}

async function untilWaiting(store: string, some: boolean): Promise<void> {
  await withSql(store, async (sql) => {
    for (;;) {
      const waiting = await sql`SELECT 1 FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()`
      if (waiting.length > 0 === some) return
      await pause(5)
    }
  })
}

/** Cuts all connections of the service to its database. */
export async function cutConnections(store: string): Promise<void> {
  await withSql(store, (sql) => sql.unsafe(TERMINATE))
}

/** A server for all tests of the suite that calls this, which each of them may disturb. */
export function clusterForSuite(): () => Cluster {
  let cluster: Cluster | undefined
  before(async () => {
    cluster = await Cluster.create()
    await cluster.start()
  })
  after(() => cluster?.remove())
  return () => {
    assert.ok(cluster, 'the server is used before it was started')
    return cluster
  }
}

/** Two instances on a new database of the server, which goes with the server. */
export async function startPair(
  test: Cleanup,
  cluster: Cluster,
): Promise<{ readonly store: string; readonly instances: readonly [Instance, Instance] }> {
  const store = await createDatabase({ after: () => undefined }, cluster.url())
  const [first, second] = await startInstances(test, store, 2)
  assert.ok(first && second)
  return { store, instances: [first, second] }
}
