import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Deposit } from '../../src/ledger/commands/deposit.ts'
import { Ledger } from '../../src/service/ledger.ts'
import type { Outcome } from '../../src/state-machine/outcomes.ts'
import { type Store, StoreUnavailable } from '../../src/storage/store.ts'
import { plainTerms } from '../../src/ledger/terms.ts'
import { openTestAccounts } from '../../src/service/start-up.ts'
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import { verifySqlite } from '../../src/storage/sqlite/verify-sqlite.ts'
import { temporaryFolder } from '../support/service.ts'

const terms = plainTerms(1_000)
const options = { terms, clock: Date.now }
const deposit: Deposit = { kind: 'deposit', account: '1001', amount: 1n }

const START_MS = 1_000_000
const ROUND_TRIP_MS = 20
const THINKING_MS = 2

/** The store with another way to its commits. */
function committingBy(store: Store, commit: Store['commit']): Store {
  return {
    commit,
    probe: () => store.probe(),
    reads: store.reads,
    isEmpty: () => store.isEmpty(),
    latestMs: () => store.latestMs(),
    close: () => store.close(),
  }
}

describe('the ledger', () => {
  test('commits what arrives together in few batches, and answers each in its order', async () => {
    const store = new SqliteStore(':memory:', options)
    await openTestAccounts(store)
    const sizes: number[] = []
    const ledger = new Ledger(
      committingBy(store, (commands) => {
        sizes.push(commands.length)
        return store.commit(commands)
      }),
      terms,
    )
    const outcomes = await Promise.all(Array.from({ length: 2_500 }, () => ledger.submit(deposit)))
    assert.deepEqual(sizes, [1_000, 1_000, 500])
    const balances = outcomes.map((outcome) =>
      outcome.status === 'posted' ? outcome.posting.creditBalance : 0n,
    )
    assert.deepEqual(
      balances,
      Array.from({ length: 2_500 }, (_, index) => BigInt(50_001 + index)),
    )
    await ledger.close()
  })

  test('lets the clients of a store that is far away travel together, though they came apart', async () => {
    const store = new SqliteStore(':memory:', options)
    await openTestAccounts(store)
    const sizes: number[] = []
    const ledger = new Ledger(
      committingBy(store, async (commands) => {
        sizes.push(commands.length)
        await setTimeout(ROUND_TRIP_MS)
        return store.commit(commands)
      }),
      terms,
    )
    const client = async (): Promise<void> => {
      for (let sent = 0; sent < 20; sent += 1) {
        await ledger.submit(deposit)
        await setTimeout(THINKING_MS)
      }
    }
    const early = Array.from({ length: 20 }, client)
    await setTimeout(ROUND_TRIP_MS / 2)
    await Promise.all([...early, ...Array.from({ length: 30 }, client)])
    assert.equal(
      sizes.reduce((sum, size) => sum + size),
      1_000,
    )
    assert.ok(
      sizes.filter((size) => size === 50).length >= sizes.length / 2,
      `batches of ${sizes.join(', ')}`,
    )
    await ledger.close()
  })

  test('tells an account with the limits of the deployment where it has none of its own', async () => {
    const limits = { overdraft: 50n, withdrawal: 40n, dailyAmount: undefined, dailyCount: 3 }
    const generous = { ...terms, limits }
    const store = new SqliteStore(':memory:', { ...options, terms: generous })
    const ledger = new Ledger(store, generous)
    await ledger.submit({ kind: 'open', account: '1', name: 'Ada', openingBalance: 100n })
    await ledger.submit({ kind: 'open', account: '2', openingBalance: 0n })
    await ledger.submit({ kind: 'change', account: '1', limits: { overdraft: 0n, dailyAmount: 70n } })
    await ledger.submit({ kind: 'hold', account: '1', amount: 30n })
    const details = await ledger.details('1')
    assert.deepEqual(details, {
      number: '1',
      name: 'Ada',
      status: 'open',
      balance: 100n,
      held: 30n,
      available: 70n,
      limits: { ...limits, overdraft: 0n, dailyAmount: 70n },
      openedAtMs: details?.openedAtMs,
    })
    assert.equal(await ledger.details('3'), undefined)
    const all = await ledger.detailsAfter(0, 10)
    assert.deepEqual(
      all.map(({ details: { number, available } }) => [number, available]),
      [
        ['1', 70n],
        ['2', 50n],
      ],
    )
    assert.equal(ledger.timeZone, 'UTC')
    await ledger.close()
  })

  test('refuses at once what it could only answer late, and loses nothing of the rest', async () => {
    const store = new SqliteStore(':memory:', options)
    await openTestAccounts(store)
    const ledger = new Ledger(store, terms)
    const answers = await Promise.allSettled(Array.from({ length: 20_500 }, () => ledger.submit(deposit)))
    const refused = answers.filter(({ status }) => status === 'rejected')
    assert.equal(refused.length, 500)
    assert.ok(
      refused.every((answer) => answer.status === 'rejected' && answer.reason instanceof StoreUnavailable),
    )
    assert.equal((await ledger.account('1001'))?.balance, 50_000n + 20_000n)
    await ledger.close()
  })

  test('finishes what was submitted before it closes', async (t) => {
    const path = join(await temporaryFolder(t), 'atm.db')
    const store = new SqliteStore(path, options)
    await openTestAccounts(store)
    const ledger = new Ledger(store, terms)
    const submitted = Array.from({ length: 100 }, () => ledger.submit(deposit))
    await ledger.close()
    const outcomes = await Promise.all(submitted)
    assert.ok(outcomes.every(({ status }) => status === 'posted'))
    assert.equal((await verifySqlite(path)).differences, 0)
  })

  test('answers that nothing changed when the store fails late in a batch, and goes on when it works again', async (t) => {
    const path = join(await temporaryFolder(t), 'atm.db')
    await new SqliteStore(path, options).close()
    const saboteur = new DatabaseSync(path)
    // Records are written last, so everything else in the batch is written and must be undone.
    saboteur.exec(`CREATE TRIGGER fault BEFORE INSERT ON idempotency_keys WHEN new.id = 400 AND new.at_ms = ${START_MS}
                   BEGIN SELECT RAISE(ABORT, 'a fault made for this test'); END`)
    saboteur.close()
    let nowMs = START_MS
    const store = new SqliteStore(path, { terms, clock: () => nowMs })
    await openTestAccounts(store)
    const ledger = new Ledger(store, terms)
    const before = await ledger.account('1001')
    const submitAll = (): Promise<Outcome>[] =>
      Array.from({ length: 500 }, (_, key) => ledger.submit({ ...deposit, idempotencyKey: `key-${key}` }))

    for (const answer of await Promise.allSettled(submitAll())) {
      assert.ok(answer.status === 'rejected' && answer.reason instanceof StoreUnavailable)
    }
    assert.deepEqual(await ledger.account('1001'), before)
    nowMs += 1
    const retried = await Promise.all(submitAll())
    assert.ok(retried.every((outcome) => outcome.status === 'posted' && !outcome.replayed))
    await ledger.close()
    assert.equal((await verifySqlite(path)).differences, 0)
  })
})
