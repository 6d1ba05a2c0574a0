import assert from 'node:assert/strict'
import { test } from 'node:test'
import { customerBalance, type Posting } from '../../src/ledger/postings.ts'
import type { Store } from '../../src/storage/store.ts'
import { readHistory } from './reads.ts'
import { answerOf, deposit, openAccount, withdrawal, type WithStore } from './store-under-test.ts'

/** What every engine does with batches, and what it reads back of them. */
export function batchesConform(withStore: WithStore): void {
  test('a batch that names one account many times ends as if its commands had come one by one', () =>
    withStore(async ({ store }) => {
      await store.commit([openAccount(100n)])
      const outcomes = await store.commit([withdrawal(60n), withdrawal(60n), deposit(20n), withdrawal(60n)])
      assert.deepEqual(
        outcomes.map((outcome) => answerOf(outcome).balance ?? answerOf(outcome).answer),
        [40n, 'insufficient_funds', 60n, 0n],
      )
    }))

  test('a history of any length is read in order, page by page, from any place', () =>
    withStore(async ({ store }) => {
      await store.commit([openAccount(0n)])
      const lengths = [1, 30, 1, 1, 500, 31, 32, 7]
      for (const length of lengths) await store.commit(Array.from({ length }, () => deposit(1n)))
      const total = lengths.reduce((sum, length) => sum + length)
      const expected = Array.from({ length: total }, (_, index) => BigInt(index + 1))
      for (const pageSize of [1, 20, 32, 33, 200, 1_000]) {
        assert.deepEqual((await historyOfOne(store, pageSize)).map(customerBalance), expected)
      }
    }))

  test('time never runs backwards in the books, whatever the clock does', () =>
    withStore(async ({ store }, clock) => {
      await store.commit([openAccount(0n)])
      await store.commit([deposit(1n)])
      clock.nowMs -= 500_000
      await store.commit([deposit(1n)])
      const times = (await historyOfOne(store, 10)).map(({ atMs }) => atMs)
      assert.deepEqual(times, [1_000_000, 1_000_000])
    }))

  test('a transfer stands in both histories under one id', () =>
    withStore(async ({ store }) => {
      await store.commit([openAccount(100n), { kind: 'open', account: '2', openingBalance: 0n }])
      await store.commit([{ kind: 'transfer', from: '1', to: '2', amount: 30n, reference: 'rent' }])
      const accounts = await store.reads.accounts(['1', '2'])
      assert.deepEqual(
        accounts.map((account) => account?.balance),
        [70n, 30n],
      )
      const [given, taken] = await Promise.all(
        accounts.map((account) => readHistory(store, account?.id ?? 0, 10)),
      )
      assert.deepEqual(given, taken)
      assert.deepEqual(
        given?.map(({ kind, amount, reference }) => [kind, amount, reference]),
        [['transfer', 30n, 'rent']],
      )
    }))

  test('a store that is opened again goes on where it stopped', (t) =>
    withStore(async ({ store, reopen, verify }) => {
      if (reopen === undefined || verify === undefined)
        return t.skip('this engine keeps nothing over a restart')
      assert.equal(await store.isEmpty(), true)
      await store.commit([openAccount(50n)])
      const keyed = { ...withdrawal(20n), idempotencyKey: 'k' }
      const refused = { ...withdrawal(2_000n), idempotencyKey: 'too much' }
      const before = await store.commit([keyed, refused, deposit(5n)])
      const again = await reopen()
      assert.equal(await again.isEmpty(), false)
      const replayed = await again.commit([keyed, refused])
      assert.deepEqual(
        replayed,
        before.slice(0, 2).map((outcome) => ({ ...outcome, replayed: true })),
      )
      await again.commit([deposit(7n), { kind: 'open', account: '2', openingBalance: 1n }])
      assert.equal((await again.reads.accounts(['1']))[0]?.balance, 42n)
      assert.equal((await verify()).differences, 0)
    }))
}

async function historyOfOne(store: Store, pageSize: number): Promise<Posting[]> {
  const [account] = await store.reads.accounts(['1'])
  return readHistory(store, account?.id ?? 0, pageSize)
}
