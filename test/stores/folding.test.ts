import assert from 'node:assert/strict'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { Command } from '../../src/ledger/commands.ts'
import { SqliteStore } from '../../src/stores/sqlite/store.ts'
import { verifySqlite } from '../../src/stores/sqlite/verify.ts'
import { temporaryFolder } from '../support/service.ts'

const ACCOUNTS = 300
const COMMITS = 40
const DEPOSITS_A_COMMIT = 20
const options = { terms: { idempotencyTtlMs: 600_000 }, clock: () => 1_000_000, foldEveryPostings: 100 }

describe('a store that is lost in the middle of folding balances into rows', () => {
  test('has every balance and history again, wherever it was', async (t) => {
    const folder = await temporaryFolder(t)
    const path = join(folder, 'atm.db')
    const store = new SqliteStore(path, options)
    t.after(() => store.close())
    await store.commit(numbers().map((account) => ({ kind: 'open', account, openingBalance: 0n })))
    const lengths = new Map(numbers().map((account) => [account, 0]))
    for (let commit = 0; commit < COMMITS; commit += 1) {
      await store.commit(deposits(commit, lengths))
      await assertWhole(await leftBehind(path, join(folder, `left-${commit}.db`)), lengths)
    }
    assert.ok(Math.max(...lengths.values()) > Math.min(...lengths.values()), 'accounts are told apart')
  })
})

function numbers(): string[] {
  return Array.from({ length: ACCOUNTS }, (_, index) => String(1_000 + index))
}

/** Deposits of one cent that reach every account in turn, in an order that is not that of their rows. */
function deposits(commit: number, lengths: Map<string, number>): Command[] {
  return Array.from({ length: DEPOSITS_A_COMMIT }, (_, index) => {
    const account = String(1_000 + (((commit * DEPOSITS_A_COMMIT + index) * 7) % ACCOUNTS))
    lengths.set(account, (lengths.get(account) ?? 0) + 1)
    return { kind: 'deposit', account, amount: 1n }
  })
}

/** What a killed process leaves: the file and its log as they are. */
async function leftBehind(path: string, copy: string): Promise<string> {
  for (const part of ['', '-wal']) await copyFile(`${path}${part}`, `${copy}${part}`)
  return copy
}

async function assertWhole(path: string, lengths: ReadonlyMap<string, number>): Promise<void> {
  assert.deepEqual((await verifySqlite(path)).firstDifferences, [])
  const store = new SqliteStore(path, options)
  for (const [number, length] of lengths) {
    const [account] = await store.accounts([number])
    assert.equal(account?.balance, BigInt(length))
    assert.equal((await store.history(account?.id ?? 0, 0, 100)).length, length)
  }
  await store.close()
  assert.deepEqual((await verifySqlite(path)).firstDifferences, [])
}
