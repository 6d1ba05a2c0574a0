import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isOpenToAll, serverOwner } from '../../test/support/postgres-binaries.ts'
import { Cluster } from '../../test/support/postgres-cluster.ts'
import { withSql } from '../../test/support/postgres.ts'
import { projectRoot } from './programs.ts'
import type { UsedDatabase } from './server.ts'

/** A PostgreSQL server of the benchmark's own, with the settings that it is delivered with: durable. */
export interface PostgresServer {
  /** Such as `18.4`. */
  readonly version: string
  readonly port: number
  /** The URL of a new, empty database. */
  create(): Promise<string>
  /** A copy of a database that nobody is connected to, by its URL or its name. */
  copyOf(template: string): Promise<UsedDatabase & { readonly url: string }>
}

/** On the project's own disk if the server's user may go there, for the system's temporary folder may be in memory. */
function parentFolder(): string {
  const data = join(projectRoot, 'data')
  mkdirSync(data, { recursive: true })
  return serverOwner().uid === undefined || isOpenToAll(data) ? data : tmpdir()
}

async function versionOf(administration: string): Promise<string> {
  const rows = await withSql(administration, (sql) => sql<{ server_version: string }[]>`SHOW server_version`)
  return rows[0]?.server_version ?? 'unknown'
}

async function requireDurable(administration: string): Promise<void> {
  const settings = ['fsync', 'synchronous_commit', 'full_page_writes']
  const rows = await withSql(
    administration,
    (sql) => sql`SELECT name, setting FROM pg_settings WHERE name IN ${sql(settings)} AND setting = 'on'`,
  )
  if (rows.length !== settings.length) throw new Error(`the server does not have ${settings.join(', ')} on`)
}

/** Lends a running server to the work, and leaves no trace of it. */
export async function withPostgresServer<Result>(
  work: (server: PostgresServer) => Promise<Result>,
): Promise<Result> {
  const cluster = await Cluster.create({}, parentFolder())
  try {
    await cluster.start()
    const administration = cluster.url()
    await requireDurable(administration)
    const administer = (statement: string) => withSql(administration, (sql) => sql.unsafe(statement))
    const create = async (template: string): Promise<string> => {
      const name = `bench_${randomUUID().replaceAll('-', '')}`
      await administer(`CREATE DATABASE ${name} TEMPLATE ${template.split('/').at(-1)}`)
      return name
    }
    return await work({
      version: await versionOf(administration),
      port: cluster.port,
      create: async () => cluster.url(await create('template1')),
      copyOf: async (template) => {
        const name = await create(template)
        const remove = async (): Promise<void> => {
          await administer(`DROP DATABASE ${name} WITH (FORCE)`)
        }
        return { url: cluster.url(name), pid: cluster.pid, remove }
      },
    })
  } finally {
    await cluster.remove()
  }
}
