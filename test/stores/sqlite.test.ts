import assert from 'node:assert/strict'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { plainTerms } from '../../src/ledger/terms.ts'
import { SqliteStore } from '../../src/stores/sqlite/store.ts'
import { verifySqlite } from '../../src/stores/sqlite/verify.ts'
import { engineConforms, type OpenStore } from './conformance.ts'

/** `foldEveryPostings` as a deployment has it when undefined. `crash` opens again what a killed process leaves behind. */
function onFile(foldEveryPostings: number | undefined, { crash }: { crash: boolean }): OpenStore {
  return async (clock, idempotencyTtlMs) => {
    const folder = await mkdtemp(join(tmpdir(), 'mini-atm-store-'))
    const options = {
      terms: plainTerms(idempotencyTtlMs),
      clock: () => clock.nowMs,
      ...(foldEveryPostings !== undefined && { foldEveryPostings }),
    }
    let path = join(folder, 'atm.db')
    let store = new SqliteStore(path, options)
    return {
      store,
      reopen: async () => {
        const left = path
        if (crash) {
          path = join(folder, 'left-behind.db')
          for (const part of ['', '-wal']) await copyFile(`${left}${part}`, `${path}${part}`)
        }
        await store.close()
        store = new SqliteStore(path, options)
        return store
      },
      verify: async () => verifySqlite(path),
      remove: async () => {
        await store.close()
        await rm(folder, { recursive: true })
      },
    }
  }
}

const inMemory: OpenStore = async (clock, idempotencyTtlMs) => {
  const store = new SqliteStore(':memory:', { terms: plainTerms(idempotencyTtlMs), clock: () => clock.nowMs })
  return { store, remove: () => store.close() }
}

test('the engine under test is the SQLite that Node carries', () => {
  const version = new DatabaseSync(':memory:').prepare('SELECT sqlite_version() AS version').get()?.[
    'version'
  ]
  assert.equal(version, process.versions['sqlite'])
})

describe('the embedded engine on a file', () => engineConforms(onFile(undefined, { crash: false }), 200))
describe('the embedded engine on a file, killed', () =>
  engineConforms(onFile(undefined, { crash: true }), 200))
describe('the embedded engine on a file, folding all the time, killed', () =>
  engineConforms(onFile(3, { crash: true }), 200))
describe('the embedded engine in memory', () => engineConforms(inMemory, 2_000))
