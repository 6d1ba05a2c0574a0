import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from '../support/client.ts'
import {
  assertExactlyOnce,
  describeSettled,
  type Settled,
  testAccounts,
  total,
} from '../support/exactly-once.ts'
import { randomOperation, startLoad } from '../support/load.ts'
import { type Service, startService, temporaryFolder } from '../support/service.ts'
import { rounds as roundsOf } from '../support/rounds.ts'

const rounds = roundsOf({ quick: 4, full: 50 })

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

test(
  `each operation is booked exactly once through ${rounds} kills at random moments`,
  { timeout: 60_000 + rounds * 10_000 },
  async (t) => {
    const store = `sqlite:${join(await temporaryFolder(t), 'atm.db')}`
    const accounts = testAccounts()
    const settled: Settled[] = []
    let service = await start(store)
    t.after(() => service.stop('SIGKILL'))

    for (let round = 1; round <= rounds; round += 1) {
      const result = await killUnderLoad(
        service,
        accounts.map(({ account }) => account),
      )
      service = await start(store)
      const client = new Client(service.url)
      settled.push(await assertExactlyOnce(client, store, accounts, [result]))
      client.close()
    }

    const all = total(settled)
    assert.ok(all.acknowledged >= rounds * 50 && all.unanswered > 0, 'there was load at each kill')
    assert.equal(all.refused, 0)
    assert.ok(accounts.every(({ rows }) => rows > 0))
    t.diagnostic(`${rounds} rounds: ${describeSettled(all)}`)
  },
)
