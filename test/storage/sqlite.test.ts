import assert from 'node:assert/strict'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { plainTerms, type Terms } from '../../src/ledger/terms.ts'
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import { verifySqlite } from '../../src/storage/sqlite/verify-sqlite.ts'
import { KEPT_FOR_MS } from '../ledger/generated-commands.ts'
import { storeConforms, type OpenStore } from './conformance.ts'
import { machinesConform } from './machines.ts'
import { modelPredicts } from './model-property.ts'
import { rounds } from '../support/rounds.ts'

interface FileOptions {
  /** Opens again what a killed process leaves behind. */
  readonly crash: boolean
  /** As a deployment has it when undefined. */
  readonly writeBackEveryPostings?: number
  /** Plain ones when undefined. */
  readonly terms?: Terms
}

function onFile({ crash, writeBackEveryPostings, terms }: FileOptions): OpenStore {
  return async (clock, idempotencyTtlMs) => {
    const folder = await mkdtemp(join(tmpdir(), 'mini-atm-store-'))
    const options = {
      terms: terms ?? plainTerms(idempotencyTtlMs),
      clock: () => clock.nowMs,
      ...(writeBackEveryPostings !== undefined && { writeBackEveryPostings }),
    }
    let copies = 0
    let path = join(folder, 'atm.db')
    let store = new SqliteStore(path, options)
    return {
      store,
      reopen: async () => {
        const left = path
        if (crash) {
          copies += 1
          path = join(folder, `left-behind-${copies}.db`)
          for (const part of ['', '-wal']) await copyFile(`${left}${part}`, `${path}${part}`)
        }
        await store.close()
        store = new SqliteStore(path, options)
        return store
      },
      verify: async () => verifySqlite(path, Date.now(), options.terms.timeZone),
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

/** A deployment that limits its customers, where the day begins at 15:00 UTC. */
const strictTerms: Terms = {
  idempotencyTtlMs: KEPT_FOR_MS,
  limits: { overdraft: 50n, withdrawal: 200n, dailyAmount: 400n, dailyCount: 4 },
  timeZone: 'Asia/Tokyo',
}

const daysOnFile = rounds({ quick: 10, full: 100 })

describe('the embedded engine on a file', () => storeConforms(onFile({ crash: false }), daysOnFile))
describe('the embedded engine on a file, killed', () => storeConforms(onFile({ crash: true }), daysOnFile))
describe('the embedded engine on a file, folding all the time, killed', () =>
  storeConforms(onFile({ crash: true, writeBackEveryPostings: 3 }), daysOnFile))
describe('the embedded engine on a file, with limits for all and days that are not those of UTC, killed', () => {
  const open = onFile({ crash: true, writeBackEveryPostings: 3, terms: strictTerms })
  modelPredicts({ open, terms: strictTerms, hoursAheadOfUtc: 9, sequences: daysOnFile })
})

describe('cash machines in the embedded engine', () => {
  describe('on a file', () => machinesConform(onFile({ crash: false }), daysOnFile))
  describe('on a file, writing balances back all the time, killed', () =>
    machinesConform(onFile({ crash: true, writeBackEveryPostings: 3 }), daysOnFile))
  describe('in memory', () => machinesConform(inMemory, rounds({ quick: 20, full: 400 })))
})

describe('the embedded engine in memory', () => storeConforms(inMemory, rounds({ quick: 100, full: 9_600 })))
