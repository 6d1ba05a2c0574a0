import { constants, copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PostgresServer } from './postgres-server.ts'
import type { ServerProgram } from './server.ts'

/** Makes the program that is to run in a folder of its own. */
export type ServerRecipe = (folder: string) => ServerProgram | Promise<ServerProgram>

export interface ServiceOptions {
  /** The store to open. Without one it is new and empty. */
  readonly storePath?: string
  /** A store of which every run gets a copy, because a run changes it. */
  readonly copyOf?: string
  readonly idempotencyTtlSeconds?: number
  /** Another clone of the project, whose service is to run. */
  readonly root?: string
}

function storeIn(folder: string, { storePath, copyOf }: ServiceOptions): string {
  if (storePath !== undefined) return storePath
  const path = join(folder, 'atm.db')
  if (copyOf !== undefined) copyFileSync(copyOf, path, constants.COPYFILE_FICLONE)
  return path
}

/** The service itself, durable and with its log on. */
export function service(options: ServiceOptions = {}): (folder: string) => ServerProgram {
  const { idempotencyTtlSeconds, root } = options
  return (folder) => ({
    program: 'src/main.ts',
    options: {
      store: `sqlite:${storeIn(folder, options)}`,
      'idempotency-ttl': idempotencyTtlSeconds,
    },
    ...(root !== undefined && { root }),
  })
}

/** The service, as durable, on a copy of a database. `url` may lead it there by another way, `root` is another clone. */
export function serviceOnPostgres(
  postgres: PostgresServer,
  template: string,
  { url, root }: { readonly url?: (direct: string) => string; readonly root?: string } = {},
): ServerRecipe {
  return async () => {
    const database = await postgres.copyOf(template)
    const options = { store: url === undefined ? database.url : url(database.url) }
    return { program: 'src/main.ts', options, database, ...(root !== undefined && { root }) }
  }
}

/** The usual way to book in PostgreSQL: one transaction an operation. */
export function usualPostgres(postgres: PostgresServer, accounts: number): ServerRecipe {
  return async () => {
    const database = await postgres.copyOf('template1')
    return {
      program: 'bench/peers/usual-postgres.ts',
      options: { database: database.url, accounts },
      database,
    }
  }
}

/** The least that Node can do over HTTP. */
export function bareHttp(workers = 1): ServerRecipe {
  return () => ({ program: 'bench/peers/bare-http.ts', options: { workers } })
}

/** One process that reads nothing and answers at once. */
export function cannedAnswers(): ServerRecipe {
  return () => ({ program: 'bench/peers/canned.ts', options: {} })
}

/** Fastify with validation and nothing behind it. */
export function fastifyNoop(workers = 1): ServerRecipe {
  return () => ({ program: 'bench/peers/fastify-noop.ts', options: { workers } })
}
