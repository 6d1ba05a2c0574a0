import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import type { AuditReport } from '../../src/ledger/audit.ts'
import type { Deposit, Outcome, Withdrawal } from '../../src/ledger/commands.ts'
import { customerBalance, type Posting } from '../../src/ledger/postings.ts'
import type { Store } from '../../src/ledger/store.ts'
import { days, KEPT_FOR_MS } from '../ledger/generated-commands.ts'
import { Model, type Prediction } from '../ledger/model.ts'

/** What a test gets of an engine: an empty store whose clock it turns itself. */
export interface StoreUnderTest {
  readonly store: Store
  /** Closes the store and opens it again, as a restart does; undefined where an engine keeps nothing. */
  readonly reopen?: () => Promise<Store>
  /** Recomputes the books from the postings; undefined where an engine keeps nothing that could be. */
  readonly verify?: () => Promise<AuditReport>
  /** Closes the store that was opened last, and leaves no trace of it. */
  remove(): Promise<void>
}

export interface Clock {
  nowMs: number
}

export type OpenStore = (clock: Clock, keptForMs: number) => Promise<StoreUnderTest>

/** The suite that every engine passes. `sequences` is how many generated days the model test compares. */
export function engineConforms(open: OpenStore, sequences: number): void {
  const withStore = async (use: (under: StoreUnderTest, clock: Clock) => Promise<void>): Promise<void> => {
    const clock = { nowMs: 1_000_000 }
    const under = await open(clock, KEPT_FOR_MS)
    try {
      await use(under, clock)
    } finally {
      await under.remove()
    }
  }

  test('the independent model predicts every outcome, balance and history', async (t) => {
    const accepted = new Map<string, number>()
    await fc.assert(
      fc.asyncProperty(days, async (day) => {
        await withStore(async ({ store, reopen, verify }, clock) => {
          const model = new Model(KEPT_FOR_MS)
          for (const { pauseMs, commands } of day) {
            clock.nowMs += pauseMs
            const predictions = commands.map((command) => model.carryOut(command, clock.nowMs))
            const outcomes = await store.commit(commands)
            assert.deepEqual(outcomes.map(asPrediction), predictions)
            for (const { answer, replayed } of predictions)
              count(accepted, replayed ? `${answer}, replayed` : answer)
          }
          await sameBooks(store, model)
          if (verify !== undefined) assert.deepEqual((await verify()).firstDifferences, [])
          if (reopen !== undefined) await sameBooks(await reopen(), model)
        })
      }),
      { numRuns: sequences },
    )
    reportCounts(t, accepted, sequences)
  })

  test('a batch that names one account many times ends as if its commands had come one by one', () =>
    withStore(async ({ store }) => {
      await store.commit([{ kind: 'open', account: '1', openingBalance: 100n }])
      const outcomes = await store.commit([withdrawal(60n), withdrawal(60n), deposit(20n), withdrawal(60n)])
      assert.deepEqual(
        outcomes.map((outcome) => asPrediction(outcome).balance ?? asPrediction(outcome).answer),
        [40n, 'insufficient_funds', 60n, 0n],
      )
    }))

  test('a history of any length is read in order, page by page, from any place', () =>
    withStore(async ({ store }) => {
      await store.commit([{ kind: 'open', account: '1', openingBalance: 0n }])
      const lengths = [1, 30, 1, 1, 500, 31, 32, 7]
      for (const length of lengths) await store.commit(Array.from({ length }, () => deposit(1n)))
      const total = lengths.reduce((sum, length) => sum + length)
      const expected = Array.from({ length: total }, (_, index) => BigInt(index + 1))
      for (const pageSize of [1, 20, 32, 33, 200, 1_000]) {
        assert.deepEqual((await readHistory(store, '1', pageSize)).map(customerBalance), expected)
      }
    }))

  test('a key is good once, also within one batch, and free again after its time', () =>
    withStore(async ({ store }, clock) => {
      await store.commit([{ kind: 'open', account: '1', openingBalance: 0n }])
      const keyed = { ...deposit(10n), idempotencyKey: 'k' }
      const together = await store.commit([keyed, keyed, { ...keyed, amount: 11n }])
      assert.deepEqual(together.map(asPrediction), [
        { answer: 'posted', balance: 10n, replayed: false },
        { answer: 'posted', balance: 10n, replayed: true },
        { answer: 'idempotency_key_reused', replayed: false },
      ])
      clock.nowMs += KEPT_FOR_MS - 1
      assert.equal((await store.commit([keyed]))[0]?.replayed, true)
      clock.nowMs += 1
      assert.deepEqual((await store.commit([keyed])).map(asPrediction), [
        { answer: 'posted', balance: 20n, replayed: false },
      ])
    }))

  test('expired keys are forgotten while new ones keep their outcomes', () =>
    withStore(async ({ store }, clock) => {
      await store.commit([{ kind: 'open', account: '1', openingBalance: 0n }])
      for (let round = 0; round < 20; round += 1) {
        const keys = Array.from({ length: 100 }, (_, index) => keyedDeposit(`${round}-${index}`))
        const fresh = await store.commit(keys)
        assert.ok(fresh.every((outcome) => outcome.status === 'posted' && !outcome.replayed))
        assert.ok((await store.commit(keys)).every(({ replayed }) => replayed))
        clock.nowMs += KEPT_FOR_MS / 2
      }
    }))

  test('time never runs backwards in the books, whatever the clock does', () =>
    withStore(async ({ store }, clock) => {
      await store.commit([{ kind: 'open', account: '1', openingBalance: 0n }])
      await store.commit([deposit(1n)])
      clock.nowMs -= 500_000
      await store.commit([deposit(1n)])
      const times = (await readHistory(store, '1', 10)).map(({ atMs }) => atMs)
      assert.deepEqual(times, [1_000_000, 1_000_000])
    }))

  test('a kept outcome stays kept when the clock was set back over a restart', (t) =>
    withStore(async ({ store, reopen }, clock) => {
      if (reopen === undefined) return t.skip('this engine keeps nothing over a restart')
      await store.commit([{ kind: 'open', account: '1', openingBalance: 0n }])
      const startMs = clock.nowMs
      const later = { ...withdrawal(1n), idempotencyKey: 'later' }
      clock.nowMs = startMs + 5 * KEPT_FOR_MS
      await store.commit([later])
      clock.nowMs = startMs
      const again = await reopen()
      await again.commit([keyedDeposit('earlier')])
      clock.nowMs = startMs + KEPT_FOR_MS
      await again.commit([keyedDeposit('prunes what has expired')])
      assert.deepEqual((await again.commit([later])).map(asPrediction), [
        { answer: 'insufficient_funds', replayed: true },
      ])
    }))

  test('a store that is opened again goes on where it stopped', (t) =>
    withStore(async ({ store, reopen, verify }) => {
      if (reopen === undefined || verify === undefined)
        return t.skip('this engine keeps nothing over a restart')
      assert.equal(await store.isEmpty(), true)
      await store.commit([{ kind: 'open', account: '1', openingBalance: 50n }])
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
      assert.equal((await again.accounts(['1']))[0]?.balance, 42n)
      assert.equal((await verify()).differences, 0)
    }))
}

function deposit(amount: bigint): Deposit {
  return { kind: 'deposit', account: '1', amount }
}

function keyedDeposit(idempotencyKey: string): Deposit {
  return { ...deposit(1n), idempotencyKey }
}

function withdrawal(amount: bigint): Withdrawal {
  return { kind: 'withdraw', account: '1', amount }
}

function asPrediction(outcome: Outcome): Prediction {
  const { replayed } = outcome
  if (outcome.status === 'posted')
    return { answer: 'posted', balance: customerBalance(outcome.posting), replayed }
  return { answer: outcome.status === 'rejected' ? outcome.reason : outcome.status, replayed }
}

async function sameBooks(store: Store, model: Model): Promise<void> {
  for (const [number, balance] of model.balances) {
    assert.equal((await store.accounts([number]))[0]?.balance, balance)
    const history = await readHistory(store, number, 7)
    assert.deepEqual(
      history.map((posting) => ({
        type: posting.kind,
        amount: posting.amount,
        balance: customerBalance(posting),
      })),
      model.histories.get(number),
    )
  }
}

async function readHistory(store: Store, number: string, pageSize: number): Promise<Posting[]> {
  const [account] = await store.accounts([number])
  assert.ok(account !== undefined, `account ${number} is there`)
  const postings: Posting[] = []
  for (;;) {
    const page = await store.history(account.id, postings.at(-1)?.id ?? 0, pageSize)
    postings.push(...page)
    if (page.length < pageSize) return postings
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

/** An invariant that holds over nothing proves nothing: every kind of answer must have been given, and often. */
function reportCounts(t: TestContext, counts: ReadonlyMap<string, number>, sequences: number): void {
  const names = ['posted', 'posted, replayed', 'opened', 'insufficient_funds', 'insufficient_funds, replayed']
  const rarer = ['account_not_found', 'account_exists', 'balance_limit_exceeded', 'idempotency_key_reused']
  t.diagnostic(
    `${sequences} sequences: ${[...counts].map(([name, times]) => `${name} ${times}`).join(' · ')}`,
  )
  for (const name of [...names, ...rarer])
    assert.ok((counts.get(name) ?? 0) > sequences / 10, `${name} was tried`)
}
