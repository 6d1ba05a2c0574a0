import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { ledgerReasons } from '../atm/atm-reasons.ts'
import fc from 'fast-check'
import { isReason } from '../../src/ledger/rejections.ts'
import type { Terms } from '../../src/ledger/terms.ts'
import {
  type Arrival,
  BEFORE_MIDNIGHT_MS,
  crowdedDay,
  DAY_MS,
  days,
  richDay,
} from '../ledger/generated-commands.ts'
import { Model } from '../ledger/model.ts'
import { Comparison, type Predicted } from './comparison.ts'
import { assertReads } from './reads.ts'
import type { Clock, OpenStore, StoreUnderTest } from './store-under-test.ts'

const HOUR_MS = 3_600_000

export interface PropertyOptions {
  readonly open: OpenStore
  readonly terms: Terms
  /** Where the terms have their days begin. */
  readonly hoursAheadOfUtc: number
  /** How many generated days are compared. */
  readonly sequences: number
}

/** Every so many days on a store in memory are spent in batches too. */
const BATCHED_EVERY = 8

/**
 * Compares generated days at the bank with the independent model: each answer, and the books after it. A store in memory
 * is fast enough to be looked at after every single command.
 */
export function modelPredicts(options: PropertyOptions): void {
  test('the independent model predicts every outcome, and the books after it', async (t) => {
    const counts = new Map<string, number>()
    let count = 0
    const { isInMemory } = await spend(crowdedDay, options, counts)
    await spend(richDay, options, counts)
    await fc.assert(
      fc.asyncProperty(days, async (day) => {
        if (isInMemory) await spend(oneByOne(day), options, counts)
        if (!isInMemory || (count += 1) % BATCHED_EVERY === 0) await spend(day, options, counts)
      }),
      { numRuns: options.sequences },
    )
    report(t, counts, options.sequences)
  })
}

/** The same day with each command in a batch of its own, but for the first batch. */
function oneByOne([first, ...later]: readonly Arrival[]): readonly Arrival[] {
  const alone = later.flatMap(({ pauseMs, commands }) =>
    commands.map((command, index) => ({ pauseMs: index === 0 ? pauseMs : 0, commands: [command] })),
  )
  return first === undefined ? alone : [first, ...alone]
}

/** Spends the day on a store of its own, counts what the model said, and fails where the store is not as the model. */
async function spend(
  day: readonly Arrival[],
  { open, terms, hoursAheadOfUtc }: PropertyOptions,
  counts: Map<string, number>,
): Promise<{ readonly isInMemory: boolean }> {
  const { limits, idempotencyTtlMs: keptForMs } = terms
  const clock = { nowMs: 20 * DAY_MS - hoursAheadOfUtc * HOUR_MS - BEFORE_MIDNIGHT_MS }
  const comparison = new Comparison(new Model({ keptForMs, limits, hoursAheadOfUtc }), terms, clock)
  const under = await open(clock, keptForMs)
  try {
    await sendAll(day, under, comparison, clock, counts)
    await compareAtTheEnd(under, comparison)
    return { isInMemory: under.reopen === undefined }
  } finally {
    await under.remove()
  }
}

/** Half way the store is opened again, where it can be. */
async function sendAll(
  day: readonly Arrival[],
  under: StoreUnderTest,
  comparison: Comparison,
  clock: Clock,
  counts: Map<string, number>,
): Promise<void> {
  let { store } = under
  for (const [index, { pauseMs, commands }] of day.entries()) {
    clock.nowMs += pauseMs
    if (index === Math.floor(day.length / 2)) store = (await under.reopen?.()) ?? store
    for (const predicted of await comparison.commit(store, commands)) countIn(counts, predicted)
    assert.equal(under.total?.() ?? 0n, 0n, 'all balances together are zero')
  }
}

async function compareAtTheEnd(under: StoreUnderTest, comparison: Comparison): Promise<void> {
  if (under.verify !== undefined) assert.deepEqual((await under.verify()).firstDifferences, [])
  const store = (await under.reopen?.()) ?? under.store
  await comparison.compareAnew(store)
  await assertReads(store, comparison)
}

function countIn(counts: Map<string, number>, { kind, prediction: { answer, replayed } }: Predicted): void {
  const accepted = replayed ? `${kind} again` : answer === 'key_closed' ? answer : kind
  const name = isReason(answer) ? answer : accepted
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

const kinds = ['deposit', 'withdraw', 'transfer', 'open', 'change', 'hold', 'capture', 'release', 'reverse']

/** Met on the days that are not generated alone. */
const ofDaysOfTheirOwn = ['too_many_holds', 'cash_limit_exceeded']

/** An invariant that holds over nothing proves nothing: all kinds and all reasons must have been met, and often. */
function report(t: TestContext, counts: ReadonlyMap<string, number>, sequences: number): void {
  const often = [...kinds, 'key_closed']
  const sometimes = [...kinds.map((kind) => `${kind} again`), ...ledgerReasons]
  const met = [...often, ...sometimes].map((name) => [name, counts.get(name) ?? 0] as const)
  t.diagnostic(`${sequences} sequences: ${met.map(([name, times]) => `${name} ${times}`).join(' · ')}`)
  for (const [name, times] of met) {
    const least = ofDaysOfTheirOwn.includes(name)
      ? 3
      : often.includes(name)
        ? Math.max(0, Math.floor((sequences - 40) / 5))
        : Math.floor(sequences / 200)
    assert.ok(times >= least, `${name} was met ${times} times, not ${least}`)
  }
}
