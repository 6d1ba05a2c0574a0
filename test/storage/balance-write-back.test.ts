import assert from 'node:assert/strict'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { StoredDetails } from '../../src/ledger/accounts.ts'
import type { Command } from '../../src/ledger/commands/registry.ts'
import { hasExpired } from '../../src/ledger/holds.ts'
import type { Outcome } from '../../src/state-machine/outcomes.ts'
import { plainTerms } from '../../src/ledger/terms.ts'
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import { verifySqlite } from '../../src/storage/sqlite/verify-sqlite.ts'
import { Random } from '../support/random.ts'
import { temporaryFolder } from '../support/service.ts'

const ACCOUNTS = 300
const COMMITS = 40
const DEPOSITS_A_COMMIT = 20
const options = { terms: plainTerms(600_000), clock: () => 1_000_000, writeBackEveryPostings: 100 }

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

  test('knows what was withdrawn on the day, what is held, and what an account was changed to', async (t) => {
    const folder = await temporaryFolder(t)
    const path = join(folder, 'atm.db')
    const clock = { nowMs: Date.UTC(2026, 5, 1, 21, 50) }
    const terms = { ...plainTerms(600_000), timeZone: 'Europe/Zurich' }
    const settings = { terms, clock: () => clock.nowMs, writeBackEveryPostings: 50 }
    const store = new SqliteStore(path, settings)
    t.after(() => store.close())
    await store.commit(numbers().map((account) => ({ kind: 'open', account, openingBalance: 10_000n })))
    const random = new Random(1)
    const seen = { withdrawn: 0, givenBack: 0, held: 0, altered: 0 }
    let ids: Ids = { holds: [], withdrawals: [] }
    for (let commit = 0; commit < COMMITS; commit += 1) {
      // The day of Zurich ends at 22:00 UTC, in the midst of this.
      clock.nowMs += 30_000
      const commands = Array.from({ length: DEPOSITS_A_COMMIT }, () => anyCommand(random, ids))
      ids = idsAfter(ids, await store.commit(commands))
      const left = new SqliteStore(await leftBehind(path, join(folder, `left-${commit}.db`)), settings)
      const expected = comparable(await store.reads.detailsAfter(0, ACCOUNTS))
      assert.deepEqual(comparable(await left.reads.detailsAfter(0, ACCOUNTS)), expected)
      await left.close()
      for (const { account } of expected) {
        seen.withdrawn += account.withdrawn.count > 1 ? 1 : 0
        seen.givenBack += account.withdrawn.amount % 10n === 0n ? 0 : 1
        seen.held += account.openHolds.length > 0 ? 1 : 0
        seen.altered += account.status === 'frozen' ? 1 : 0
      }
    }
    assert.ok(
      Object.values(seen).every((count) => count > 100),
      JSON.stringify(seen),
    )
  })
})

/** What the commands so far have made that others may name. */
interface Ids {
  readonly holds: readonly number[]
  readonly withdrawals: readonly number[]
}

function idsAfter({ holds, withdrawals }: Ids, outcomes: readonly Outcome[]): Ids {
  return {
    holds: [...holds, ...outcomes.flatMap((outcome) => (outcome.status === 'held' ? outcome.hold.id : []))],
    withdrawals: [
      ...withdrawals,
      ...outcomes.flatMap((outcome) =>
        outcome.status === 'posted' && outcome.posting.kind === 'withdraw' ? outcome.posting.id : [],
      ),
    ],
  }
}

/** Of few accounts, so that several meet on one. Withdrawals are of whole tens, and what is given back is not. */
function anyCommand(random: Random, ids: Ids): Command {
  const account = String(1_000 + random.integer(0, 99) * 3)
  const ofLatest = (all: readonly number[]): number => all.at(-random.integer(1, 30)) ?? 1
  const original = { postingId: ofLatest(ids.withdrawals) }
  return random.weighted<Command>([
    [40, { kind: 'withdraw', account, amount: 10n }],
    [15, { kind: 'reverse', original, amount: 3n }],
    [15, { kind: 'reverse', original }],
    [10, { kind: 'hold', account, amount: 7n }],
    [10, { kind: 'hold', account, amount: 7n, expiresInMs: 60_000 }],
    [5, { kind: 'capture', holdId: ofLatest(ids.holds), amount: 5n }],
    [5, { kind: 'release', holdId: ofLatest(ids.holds) }],
    [3, { kind: 'change', account, status: 'frozen', limits: { overdraft: 100n, dailyCount: 5 } }],
    [3, { kind: 'change', account, status: 'open', limits: { overdraft: undefined, dailyCount: undefined } }],
  ])
}

/** Without the holds that have expired, which a store may have forgotten or not. */
function comparable(details: readonly StoredDetails[]): readonly StoredDetails[] {
  return details.map((each) => {
    const openHolds = each.account.openHolds.filter((hold) => !hasExpired(hold, each.asOfMs))
    openHolds.sort((one, other) => one.id - other.id)
    return { ...each, account: { ...each.account, openHolds } }
  })
}

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
    const [account] = await store.reads.accounts([number])
    assert.equal(account?.balance, BigInt(length))
    assert.equal((await store.reads.history(account?.id ?? 0, 0, 100)).length, length)
  }
  await store.close()
  assert.deepEqual((await verifySqlite(path)).firstDifferences, [])
}
