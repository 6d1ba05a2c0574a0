import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createDatabase, serverVersion, withSql } from './postgres.ts'
import { type Cleanup, setDefaultStore, temporaryFolder } from './service.ts'

/** What the contract suite runs on. Each call makes an empty store of its own, and answers its URL. */
export interface Engine {
  readonly name: 'SQLite' | 'PostgreSQL'
  readonly version: string
  /** For a service that may forget all it knows when it ends. */
  emptyStore(test: Cleanup): Promise<string>
  /** For one that is started again on what it has written. */
  durableStore(test: Cleanup): Promise<string>
  /** Changes a store behind the back of the service. */
  execute(store: string, sql: string): Promise<unknown>
}

const SQLITE = 'sqlite:'

const sqlite: Engine = {
  name: 'SQLite',
  version: process.versions['sqlite'] ?? '',
  emptyStore: () => Promise.resolve('memory:'),
  durableStore: async (test) => `${SQLITE}${join(await temporaryFolder(test), 'atm.db')}`,
  execute: async (store, sql) => {
    const database = new DatabaseSync(store.slice(SQLITE.length))
    database.exec(sql)
    database.close()
  },
}

const postgres: Omit<Engine, 'version'> = {
  name: 'PostgreSQL',
  emptyStore: (test) => createDatabase(test),
  durableStore: (test) => createDatabase(test),
  execute: (store, sql) => withSql(store, (connection) => connection.unsafe(sql)),
}

let chosen = sqlite

/** Lets the tests that are loaded from now on run on PostgreSQL. Its databases go when `file` ends. */
export async function runOnPostgres(file: Cleanup): Promise<void> {
  chosen = { ...postgres, version: await serverVersion() }
  setDefaultStore(() => createDatabase(file))
}

/** The engine under test. */
export function engine(): Engine {
  return chosen
}
