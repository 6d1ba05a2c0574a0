import { Cluster } from './postgres-cluster.ts'
import { SERVER_VARIABLE } from './postgres.ts'

let cluster: Cluster | undefined

/** One PostgreSQL server for all test files of a run, unless the environment names another. */
export async function globalSetup(): Promise<void> {
  if ((process.env[SERVER_VARIABLE] ?? '') !== '') return
  cluster = await Cluster.create()
  await cluster.start()
  process.env[SERVER_VARIABLE] = cluster.url()
}

export async function globalTeardown(): Promise<void> {
  await cluster?.remove()
}
