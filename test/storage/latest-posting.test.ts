import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Command } from '../../src/ledger/commands/registry.ts'
import type { Posting } from '../../src/ledger/postings.ts'
import { plainTerms } from '../../src/ledger/terms.ts'
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import { Random } from '../support/random.ts'

const START_MS = 1_000_000
const COMMITS = 400

// Many accounts are folded before those that are looked at, so that commits come in the middle of a sweep.
const crowd = Array.from({ length: 300 }, (_, index) => `crowd-${index}`)
const watched = ['busy', 'quiet']

function someDeposits(random: Random): Command[] {
  return Array.from({ length: random.integer(1, 40) }, () => {
    const crowded = crowd[random.integer(0, crowd.length - 1)] ?? ''
    const account = random.weighted([
      [50, crowded],
      [45, 'busy'],
      [5, 'quiet'],
    ])
    return { kind: 'deposit', account, amount: 1n }
  })
}

describe('the latest posting at a moment', () => {
  test('is the one that a scan of the whole history finds, in pages, rows and memory alike', async (t) => {
    const clock = { nowMs: START_MS }
    const options = { terms: plainTerms(600_000), clock: () => clock.nowMs, writeBackEveryPostings: 300 }
    const store = new SqliteStore(':memory:', options)
    t.after(() => store.close())
    await store.commit(
      [...crowd, ...watched].map((account) => ({ kind: 'open', account, openingBalance: 50n })),
    )
    const histories = new Map<number, Posting[]>()
    for (const account of await store.reads.accounts(watched)) histories.set(account?.id ?? 0, [])
    const random = new Random(7)
    for (let commit = 0; commit < COMMITS; commit += 1) {
      clock.nowMs += random.integer(0, 3)
      await store.commit(someDeposits(random))
      for (const [id, history] of histories) {
        history.push(...(await store.reads.history(id, history.at(-1)?.id ?? 0, 100)))
        for (const atMs of [random.integer(START_MS - 1, clock.nowMs + 1), clock.nowMs - 5]) {
          const scanned = history.findLast((posting) => posting.atMs <= atMs)
          assert.deepEqual(await store.reads.latestPostingAt(id, atMs), scanned, `account ${id} at ${atMs}`)
        }
      }
    }
    assert.ok(
      [...histories.values()].every(({ length }) => length > 300),
      'each has several pages',
    )
  })

  test('is none where the history is empty, as an opening balance is no part of it', async (t) => {
    const store = new SqliteStore(':memory:', { terms: plainTerms(600_000), clock: () => START_MS })
    t.after(() => store.close())
    await store.commit([{ kind: 'open', account: '1', openingBalance: 5n }])
    const [account] = await store.reads.accounts(['1'])
    assert.equal(await store.reads.latestPostingAt(account?.id ?? 0, Number.MAX_SAFE_INTEGER), undefined)
  })
})
