import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { Cluster } from './postgres-cluster.ts'
import type { Cleanup } from './service.ts'

/** Names a server to test against, with a user that may create databases. Without it the tests bring their own. */
export const SERVER_VARIABLE = 'ATM_TEST_POSTGRES_URL'

let ownServer: Promise<string> | undefined

/** A server for this process alone, when no one has started one for the whole run. It ends with the process. */
async function startOwnServer(): Promise<string> {
  const cluster = await Cluster.create()
  await cluster.start()
  return cluster.url()
}

/** The URL of a running server. */
function serverUrl(): Promise<string> {
  const given = process.env[SERVER_VARIABLE]
  ownServer ??= given === undefined || given === '' ? startOwnServer() : Promise.resolve(given)
  return ownServer
}

/** A client of one connection for the test's own statements. */
export function connectTo(url: string): postgres.Sql<{ bigint: bigint }> {
  return postgres(url, { max: 1, onnotice: () => undefined, types: { bigint: postgres.BigInt } })
}

/** Runs the statements on a connection that is closed after them. */
export async function withSql<Result>(
  url: string,
  use: (sql: ReturnType<typeof connectTo>) => Promise<Result>,
): Promise<Result> {
  const sql = connectTo(url)
  try {
    return await use(sql)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/** The URL of a new, empty database on the server, which is dropped when the test ends. */
export async function createDatabase(test: Cleanup, server?: string): Promise<string> {
  const url = new URL(server ?? (await serverUrl()))
  const administration = url.href
  const name = `atm_test_${randomUUID().replaceAll('-', '')}`
  await withSql(administration, (sql) => sql.unsafe(`CREATE DATABASE ${name}`))
  test.after(async () => {
    await withSql(administration, (sql) => sql.unsafe(`DROP DATABASE ${name} WITH (FORCE)`))
  })
  url.pathname = `/${name}`
  return url.href
}

/** Gives the database to a new role that is no superuser, as the service's is in earnest, and answers its URL for that role. */
export async function giveToRole(store: string): Promise<{ readonly role: string; readonly url: string }> {
  const role = `atm_role_${randomUUID().replaceAll('-', '')}`
  const url = new URL(store)
  await withSql(store, async (sql) => {
    await sql.unsafe(`CREATE ROLE ${role} LOGIN PASSWORD '${url.password}'`)
    await sql.unsafe(`ALTER DATABASE ${url.pathname.slice(1)} OWNER TO ${role}`)
  })
  url.username = role
  return { role, url: url.href }
}

/** Such as `18.4`. */
export function serverVersion(): Promise<string> {
  return serverUrl().then((url) =>
    withSql(url, async (sql) => {
      const [row] = await sql<{ server_version: string }[]>`SHOW server_version`
      return row?.server_version ?? 'of no known version'
    }),
  )
}
