// Writes a store with the service's own engine, 1,000 commands a batch, and prints one JSON line, what it took.
import { randomInt, randomUUID } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import type { Command } from '../src/ledger/commands/registry.ts'
import type { Store } from '../src/storage/store.ts'
import { plainTerms } from '../src/ledger/terms.ts'
import { openTestAccounts } from '../src/service/start-up.ts'
import { openStore } from '../src/storage/open.ts'
import { FIRST_SEEDED_ACCOUNT, type SeededFile, type SeedPlan, type SeedResult } from './seed-plan.ts'

const BATCH_COMMANDS = 1_000
const SQLITE = 'sqlite:'
const KEY_TTL_MS = 24 * 60 * 60 * 1000

function readPlan(): SeedPlan {
  const { values } = parseArgs({
    options: {
      store: { type: 'string' },
      accounts: { type: 'string', default: '1000' },
      postings: { type: 'string', default: '100000' },
      keys: { type: 'string', default: '0' },
      'expire-keys': { type: 'boolean', default: false },
    },
  })
  if (values.store === undefined) throw new Error('--store is missing')
  return {
    store: values.store,
    accounts: Number(values.accounts),
    postings: Number(values.postings),
    keys: Number(values.keys),
    expireKeys: values['expire-keys'],
  }
}

async function commitAll(store: Store, count: number, command: (index: number) => Command): Promise<void> {
  for (let start = 0; start < count; start += BATCH_COMMANDS) {
    const length = Math.min(BATCH_COMMANDS, count - start)
    await store.commit(Array.from({ length }, (_, index) => command(start + index)))
  }
}

function depositOf({ accounts, postings, keys }: SeedPlan, index: number): Command {
  const account = String(FIRST_SEEDED_ACCOUNT + randomInt(accounts))
  const deposit = { kind: 'deposit', account, amount: 10_00n } as const
  return index < postings - keys ? deposit : { ...deposit, idempotencyKey: randomUUID() }
}

function readNumber(database: DatabaseSync, sql: string): number {
  return Number(Object.values(database.prepare(sql).get() ?? {})[0])
}

interface Size {
  readonly bytes: number
  readonly bytesInUse: number
  readonly keys: number
}

/** Undefined for what is not a file. */
function sizeOf(store: string): Size | undefined {
  if (!store.startsWith(SQLITE)) return undefined
  const database = new DatabaseSync(store.slice(SQLITE.length), { readOnly: true })
  const pages = readNumber(database, 'PRAGMA page_count')
  const pageBytes = readNumber(database, 'PRAGMA page_size')
  const freePages = readNumber(database, 'PRAGMA freelist_count')
  const keys = readNumber(database, 'SELECT count(*) FROM idempotency_keys')
  database.close()
  return { bytes: pages * pageBytes, bytesInUse: (pages - freePages) * pageBytes, keys }
}

async function seed(plan: SeedPlan): Promise<SeedResult | SeededFile> {
  let aheadMs = 0
  const store = await openStore(plan.store, {
    terms: plainTerms(KEY_TTL_MS),
    clock: () => Date.now() + aheadMs,
  })
  await openTestAccounts(store)
  await commitAll(store, plan.accounts, (index) => ({
    kind: 'open',
    account: String(FIRST_SEEDED_ACCOUNT + index),
    openingBalance: 0n,
  }))
  const before = sizeOf(plan.store)
  const startedAtMs = performance.now()
  await commitAll(store, plan.postings, (index) => depositOf(plan, index))
  const seconds = (performance.now() - startedAtMs) / 1000
  if (plan.expireKeys === true) {
    aheadMs = KEY_TTL_MS + 1
    // Every commit prunes some expired keys, also one of nothing.
    while ((sizeOf(plan.store)?.keys ?? 0) > 0) await store.commit([])
  }
  await store.close()
  const after = sizeOf(plan.store)
  const result = { seconds, postingsPerSecond: plan.postings / seconds }
  if (before === undefined || after === undefined) return result
  return {
    ...result,
    bytes: after.bytes - before.bytes,
    bytesInUse: after.bytesInUse - before.bytesInUse,
  }
}

console.log(JSON.stringify(await seed(readPlan())))
