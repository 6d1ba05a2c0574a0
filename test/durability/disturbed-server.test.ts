import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { assertExactlyOnce, describeSettled, settle, testAccounts } from '../support/exactly-once.ts'
import { BOUND_MS, clusterForSuite, cutConnections, startPair } from '../support/faults.ts'
import { type Instance, stopAll } from '../support/instances.ts'
import { type Load, testOperation, startLoad } from '../support/load.ts'
import { rounds } from '../support/rounds.ts'

const clients = 24

const loadOn = ({ client }: Instance): Load => startLoad(client, clients, testOperation)

describe('two instances under load live through', () => {
  const cluster = clusterForSuite()

  /** What is done to the server while both instances are under load, and how often. */
  const disturbances = [
    {
      what: 'connections that are cut in mid-batch',
      times: rounds({ quick: 4, full: 15 }),
      disturb: cutConnections,
    },
    {
      what: 'an orderly restart of the server',
      times: rounds({ quick: 1, full: 3 }),
      disturb: async () => {
        await cluster().stop('SIGINT')
        await cluster().start()
      },
    },
    {
      what: 'an immediate restart of the server',
      times: rounds({ quick: 1, full: 3 }),
      disturb: async () => {
        await cluster().stop('SIGQUIT')
        await cluster().start()
      },
    },
    {
      what: 'a server that hangs for a second',
      times: rounds({ quick: 1, full: 3 }),
      disturb: async () => {
        const thaw = cluster().freeze()
        await pause(1_000)
        thaw()
      },
    },
    {
      what: 'a server that hangs for longer than anyone waits',
      times: 1,
      disturb: async () => {
        const thaw = cluster().freeze()
        await pause(8_000)
        thaw()
      },
    },
  ]
  for (const { what, times, disturb } of disturbances) {
    test(`${what}: nothing hangs, is lost or is doubled`, { timeout: 120_000 }, async (t) => {
      const { store, instances } = await startPair(t, cluster())
      const loads = instances.map(loadOn)
      const results = loads.map(({ result }) => result)
      for (let time = 1; time <= times; time += 1) {
        await Promise.all(loads.map((load) => load.reached(load.result.answered.length + 50)))
        await disturb(store)
        const begin = performance.now()
        const served = await Promise.all(instances.map(({ client }) => settle(client, [testOperation()])))
        assert.ok(performance.now() - begin < BOUND_MS, 'both instances are back soon')
        results.push({ answered: served.flat(), unanswered: [] })
      }
      await stopAll(loads)
      const settled = await assertExactlyOnce(instances[0].client, store, testAccounts(), results)
      assert.equal(settled.unanswered, 0, 'every request is answered')
      t.diagnostic(describeSettled(settled))
    })
  }
})
