import { constants, copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServerProgram } from './server.ts'

/** Makes the program that is to run in a folder of its own. */
export type ServerRecipe = (folder: string) => ServerProgram

export interface ServiceOptions {
  /** HTTP workers; undefined leaves it to the service. */
  readonly workers?: number | undefined
  /** The store to open. Without one it is new and empty. */
  readonly storePath?: string
  /** A store of which every run gets a copy, because a run changes it. */
  readonly copyOf?: string
  readonly idempotencyTtlSeconds?: number
}

function storeIn(folder: string, { storePath, copyOf }: ServiceOptions): string {
  if (storePath !== undefined) return storePath
  const path = join(folder, 'atm.db')
  if (copyOf !== undefined) copyFileSync(copyOf, path, constants.COPYFILE_FICLONE)
  return path
}

/** The service itself, durable and with its log on. */
export function service(options: ServiceOptions = {}): ServerRecipe {
  const { workers, idempotencyTtlSeconds } = options
  return (folder) => ({
    program: 'src/main.ts',
    options: {
      store: `sqlite:${storeIn(folder, options)}`,
      workers,
      'idempotency-ttl': idempotencyTtlSeconds,
    },
  })
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
