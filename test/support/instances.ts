import assert from 'node:assert/strict'
import { Client } from './client.ts'
import type { Load } from './load.ts'
import { type Cleanup, type Service, startService } from './service.ts'

/** One of several services on the same books, and a client of its own. */
export interface Instance {
  readonly service: Service
  readonly client: Client
  /** Starts it again after it has been killed. */
  restart(): Promise<void>
}

const CONNECTIONS = 64

/** Starts so many at once on the store. None outlives the test, and none may have told a secret. */
export async function startInstances(
  test: Cleanup,
  store: string,
  count: number,
  args: readonly string[] = [],
): Promise<Instance[]> {
  const start = (): Promise<Service> => startService(['--store', store, '--idempotency-ttl', '3600', ...args])
  return Promise.all(
    Array.from({ length: count }, async () => {
      let service = await start()
      let client = new Client(service.url, CONNECTIONS)
      test.after(async () => {
        client.close()
        const exit = await service.stop()
        assertNoPassword(store, exit.stdout + exit.stderr)
      })
      return {
        get service() {
          return service
        },
        get client() {
          return client
        },
        restart: async () => {
          client.close()
          service = await start()
          client = new Client(service.url, CONNECTIONS)
        },
      }
    }),
  )
}

export async function stopAll(loads: readonly Load[]): Promise<void> {
  for (const load of loads) load.stop()
  await Promise.all(loads.map(({ finished }) => finished))
}

export function assertNoPassword(store: string, output: string): void {
  const password = /:\/\/[^:/@]*:([^@]+)@/.exec(store)?.[1]
  assert.ok(password, 'there is a password that could be told')
  const line = output.split('\n').find((each) => each.includes(password))
  assert.equal(line, undefined, 'the password of the store is in the output')
}
