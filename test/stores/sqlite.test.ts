import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { SqliteStore } from '../../src/stores/sqlite/store.ts'
import { verifySqlite } from '../../src/stores/sqlite/verify.ts'
import { engineConforms, type OpenStore } from './conformance.ts'

const onFile: OpenStore = async (clock, idempotencyTtlMs) => {
  const folder = await mkdtemp(join(tmpdir(), 'mini-atm-store-'))
  const path = join(folder, 'atm.db')
  const open = (): SqliteStore =>
    new SqliteStore(path, { terms: { idempotencyTtlMs }, clock: () => clock.nowMs })
  let store = open()
  return {
    store,
    reopen: async () => {
      await store.close()
      store = open()
      return store
    },
    verify: async () => verifySqlite(path),
    remove: async () => {
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
}

const inMemory: OpenStore = async (clock, idempotencyTtlMs) => {
  const store = new SqliteStore(':memory:', { terms: { idempotencyTtlMs }, clock: () => clock.nowMs })
  return { store, remove: () => store.close() }
}

test('the engine under test is the SQLite that Node carries', () => {
  const version = new DatabaseSync(':memory:').prepare('SELECT sqlite_version() AS version').get()?.[
    'version'
  ]
  assert.equal(version, process.versions['sqlite'])
})

describe('the embedded engine on a file', () => engineConforms(onFile, 200))
describe('the embedded engine in memory', () => engineConforms(inMemory, 2_000))
