import { join } from 'node:path'
import { Client } from './client.ts'
import { startInstances } from './instances.ts'
import { createDatabase } from './postgres.ts'
import { type Cleanup, startService, temporaryFolder } from './service.ts'

/** The bank as two clients meet it who know nothing of each other. */
export interface Bank {
  readonly store: string
  /** Each talks to an instance of its own where there are two. */
  readonly clients: readonly [Client, Client]
}

/** A way to run the service. */
export interface Deployment {
  readonly name: string
  readonly engine: 'SQLite' | 'PostgreSQL'
  /** Starts it on an empty store. It ends with the test. */
  readonly start: (test: Cleanup, args?: readonly string[]) => Promise<Bank>
}

/** One of the two, by turns. */
export function inTurn({ clients }: Bank, turn: number): Client {
  return clients[turn % 2 === 0 ? 0 : 1]
}

async function startEmbedded(test: Cleanup, args: readonly string[] = []): Promise<Bank> {
  const store = `sqlite:${join(await temporaryFolder(test), 'atm.db')}`
  const service = await startService(['--store', store, ...args])
  const clients = [new Client(service.url), new Client(service.url)] as const
  test.after(async () => {
    for (const client of clients) client.close()
    await service.stop()
  })
  return { store, clients }
}

async function startTwoInstances(test: Cleanup, args: readonly string[] = []): Promise<Bank> {
  const store = await createDatabase(test)
  const [first, second] = await startInstances(test, store, 2, args)
  if (first === undefined || second === undefined) throw new Error('two instances were asked for')
  return { store, clients: [first.client, second.client] }
}

/** What must hold wherever the bank runs is tested on each of these. */
export const deployments: readonly Deployment[] = [
  { name: 'one service on SQLite', engine: 'SQLite', start: startEmbedded },
  { name: 'two instances on one PostgreSQL', engine: 'PostgreSQL', start: startTwoInstances },
]
