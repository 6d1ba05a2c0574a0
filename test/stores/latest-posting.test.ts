import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { Command } from '../../src/ledger/commands.ts'
import { plainTerms } from '../../src/ledger/terms.ts'
import { SqliteStore } from '../../src/stores/sqlite/store.ts'
import { Random } from '../support/random.ts'

const START_MS = 1_000_000
const LATER_MS = 400

/** Two accounts whose long histories lie in pages, in rows and in memory. */
async function filledStore(t: TestContext): Promise<SqliteStore> {
  const clock = { nowMs: START_MS }
  const options = { terms: plainTerms(600_000), clock: () => clock.nowMs, foldEveryPostings: 40 }
  const store = new SqliteStore(':memory:', options)
  t.after(() => store.close())
  await store.commit(['busy', 'quiet'].map((account) => ({ kind: 'open', account, openingBalance: 50n })))
  const random = new Random(7)
  while (clock.nowMs < START_MS + LATER_MS) {
    clock.nowMs += random.integer(0, 3)
    await store.commit(
      Array.from({ length: random.integer(1, 20) }, (): Command => {
        const account = random.percent(5) ? 'quiet' : 'busy'
        return { kind: 'deposit', account, amount: 1n }
      }),
    )
  }
  return store
}

describe('the latest posting at a moment', () => {
  test('is the one that a scan of the whole history finds, at every moment', async (t) => {
    const store = await filledStore(t)
    for (const number of ['busy', 'quiet']) {
      const [account] = await store.accounts([number])
      const history = await store.history(account?.id ?? 0, 0, 100_000)
      assert.ok(history.length > 100, `the history of ${number} takes several pages`)
      for (let atMs = START_MS - 1; atMs <= START_MS + LATER_MS + 5; atMs += 1) {
        const scanned = history.findLast((posting) => posting.atMs <= atMs)
        assert.deepEqual(await store.latestPostingAt(account?.id ?? 0, atMs), scanned, `at ${atMs}`)
      }
    }
  })

  test('is none before the first one, as an opening balance is no part of the history', async (t) => {
    const store = await filledStore(t)
    const [account] = await store.accounts(['busy'])
    assert.equal(await store.latestPostingAt(account?.id ?? 0, START_MS - 1), undefined)
    await store.commit([{ kind: 'open', account: 'new', openingBalance: 5n }])
    const [opened] = await store.accounts(['new'])
    assert.equal(await store.latestPostingAt(opened?.id ?? 0, Number.MAX_SAFE_INTEGER), undefined)
  })
})
