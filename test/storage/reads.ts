import assert from 'node:assert/strict'
import type { Posting } from '../../src/ledger/postings.ts'
import type { Store } from '../../src/storage/store.ts'
import type { Comparison } from './comparison.ts'
import { NO_SUCH_ID } from './translation.ts'

/** Holds every read of the port against what the comparison has last seen. */
export async function assertReads(store: Store, { seen, model, translation }: Comparison): Promise<void> {
  await assertAccountReads(store, seen.accounts)
  for (const { account } of seen.accounts) {
    const expected = seen.histories.get(account.id) ?? []
    assert.deepEqual(await readHistory(store, account.id, 7), expected)
    await assertLatestPostings(store, account.id, expected)
  }
  const { book } = model
  const readPostings = translation.movements.models.map(async (modelId) => {
    const read = await store.reads.posting(translation.movements.real(modelId))
    assert.ok(read !== undefined, 'a posting is there under its id')
    const { posting, reversedAmount, latestReversal } = read
    const latest = latestReversal && translation.movement(latestReversal).id
    assert.deepEqual(
      [translation.movement(posting).id, reversedAmount, latest],
      [modelId, book.reversed(modelId), book.reversalsOf(modelId).at(-1)?.id],
    )
  })
  await Promise.all(readPostings)
  assert.equal(await store.reads.posting(NO_SUCH_ID), undefined)
  assert.equal(await store.reads.hold(NO_SUCH_ID), undefined)
}

type Stored = Comparison['seen']['accounts'][number]

async function assertAccountReads(store: Store, expected: readonly Stored[]): Promise<void> {
  const numbers = expected.map(({ account }) => account.number ?? '')
  const ids = expected.map(({ account }) => account.id)
  const balances = await store.reads.accounts(['nobody', ...numbers])
  assert.deepEqual(
    balances.map((account) => account && [account.id, account.number, account.balance]),
    [undefined, ...expected.map(({ account }) => [account.id, account.number, account.balance])],
  )
  assert.deepEqual(await Promise.all(numbers.map((number) => store.reads.details(number))), expected)
  assert.equal(await store.reads.details('nobody'), undefined)
  const names = await store.reads.accountNumbers([NO_SUCH_ID, ...ids])
  assert.deepEqual(names, new Map(expected.map(({ account }, index) => [account.id, numbers[index] ?? ''])))
  const paged: Stored[] = []
  for (;;) {
    const [next] = await store.reads.detailsAfter(paged.at(-1)?.account.id ?? 0, 1)
    if (next === undefined) break
    paged.push(next)
  }
  assert.deepEqual(paged, expected)
  assert.equal(await store.isEmpty(), expected.length === 0)
}

/** The account's postings, oldest first, read in pages. */
export async function readHistory(store: Store, accountId: number, pageSize: number): Promise<Posting[]> {
  const postings: Posting[] = []
  for (;;) {
    const page = await store.reads.history(accountId, postings.at(-1)?.id ?? 0, pageSize)
    postings.push(...page)
    if (page.length < pageSize) return postings
  }
}

const MOST_MOMENTS = 8

/** At moments at which anything was posted, and just before them: what a scan of the history finds. */
async function assertLatestPostings(
  store: Store,
  accountId: number,
  history: readonly Posting[],
): Promise<void> {
  const all = [...new Set(history.flatMap(({ atMs }) => [atMs - 1, atMs]))]
  const step = Math.ceil(all.length / MOST_MOMENTS)
  const moments = [...all.filter((_, index) => index % step === 0), 0, Number.MAX_SAFE_INTEGER]
  assert.deepEqual(
    await Promise.all(moments.map((atMs) => store.reads.latestPostingAt(accountId, atMs))),
    moments.map((atMs) => history.findLast((posting) => posting.atMs <= atMs)),
  )
}
