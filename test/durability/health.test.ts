import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type Answer, balanceIn, Client, errorIn, moneyOf, objectIn } from '../support/client.ts'
import { assertVerified } from '../support/exactly-once.ts'
import { clusterForSuite, cutConnections } from '../support/faults.ts'
import { createDatabase, withSql } from '../support/postgres.ts'
import { type Cleanup, startService } from '../support/service.ts'
import { fill, mountSmallDisk } from '../support/small-disk.ts'

const BOUND_MS = 10_000

/** Asks until the service says of itself what is expected. */
async function untilHealthIs(client: Client, status: number): Promise<Answer> {
  const deadlineMs = performance.now() + BOUND_MS
  for (;;) {
    const answer = await client.get('/healthz')
    if (answer.status === status) return answer
    assert.ok(performance.now() < deadlineMs, `${answer.status} ${answer.text}`)
    await pause(50)
  }
}

/** Asks once, and it must not take long. */
async function health(client: Client): Promise<Answer> {
  const askedAtMs = performance.now()
  const answer = await client.get('/healthz')
  assert.ok(performance.now() - askedAtMs < BOUND_MS, 'the answer takes longer than anyone waits for it')
  return answer
}

async function serviceOn(t: Cleanup, store: string): Promise<Client> {
  const service = await startService(['--store', store])
  const client = new Client(service.url)
  t.after(async () => {
    client.close()
    await service.stop()
  })
  return client
}

describe('health on a disk', { timeout: 60_000 }, () => {
  test('follows whether there is room', async (t) => {
    const disk = await mountSmallDisk(t)
    if (disk === undefined) return t.skip('this user may not mount a disk that can be filled')
    const store = `sqlite:${join(disk, 'atm.db')}`
    const filler = join(disk, 'filler')
    const client = await serviceOn(t, store)
    let deposited = 0n
    const deposit = async (): Promise<Answer> => {
      const answer = await client.operate('deposit', '9999', '"1.00"')
      if (answer.status === 200) deposited += 100n
      return answer
    }
    assert.equal((await deposit()).status, 200)
    assert.deepEqual(Object.keys(objectIn(await untilHealthIs(client, 200))), ['status', 'version'])

    fill(filler)
    const full = await untilHealthIs(client, 503)
    assert.equal(errorIn(full), 'no writes are taken now: the disk is full')
    assert.equal(full.headers['retry-after'], '1')
    assert.equal((await client.send('HEAD', '/healthz')).status, 503)
    while ((await deposit()).status !== 503) assert.ok(deposited < 100_000n)
    assert.equal((await health(client)).status, 503)

    await rm(filler)
    await untilHealthIs(client, 200)
    assert.equal(balanceIn(await deposit()), moneyOf(deposited))
    assert.equal((await health(client)).status, 200)
    await assertVerified(store)
    return undefined
  })
})

describe('health on PostgreSQL', { timeout: 60_000 }, () => {
  const cluster = clusterForSuite()

  test('follows whether the server takes writes', async (t) => {
    const store = await createDatabase({ after: () => undefined }, cluster().url())
    const client = await serviceOn(t, store)
    assert.equal((await health(client)).status, 200)

    const readOnly = (value: string) =>
      withSql(cluster().url(), (sql) =>
        sql.unsafe(
          `ALTER DATABASE ${new URL(store).pathname.slice(1)} SET default_transaction_read_only = ${value}`,
        ),
      )
    await readOnly('on')
    await cutConnections(store)
    assert.match(errorIn(await untilHealthIs(client, 503)), /no database server that takes writes/)
    await readOnly('off')
    await untilHealthIs(client, 200)

    const thaw = cluster().freeze()
    try {
      await untilHealthIs(client, 503)
    } finally {
      thaw()
    }
    await untilHealthIs(client, 200)
    await assertVerified(store)
  })
})
