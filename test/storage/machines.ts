import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { plainTerms } from '../../src/ledger/terms.ts'
import type { Command } from '../../src/state-machine/commands.ts'
import type { Outcome } from '../../src/state-machine/outcomes.ts'
import type { Store } from '../../src/storage/store.ts'
import { TERMINAL } from '../atm/bank.ts'
import { commandOf, deedOf, KINDS, type Step } from '../atm/model/deeds.ts'
import type { Deed, MachineModel } from '../atm/model/machine-model.ts'
import { createTerminal, opening, openModel, planIn, signIn, step, wordOf } from '../atm/model/opening.ts'
import { KEPT_FOR_MS } from '../ledger/generated-commands.ts'
import { PlainStore } from '../ledger/plain-store.ts'
import { machinesIn } from './machine-reads.ts'
import { answerOf, type Clock, type OpenStore, type StoreUnderTest, usingStores } from './store-under-test.ts'

/** What is done at the machine at one moment: an engine is sent it as one batch. */
const moments = fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { minLength: 8, maxLength: 16 })

/** An engine that can be opened again is opened again after so many moments. */
const REOPENED_EVERY = 4

/** Spends generated days at a cash machine, and compares each answer with the independent model and all reads with a store in plain memory. */
export function machinesConform(open: OpenStore, sequences: number): void {
  test('the accounts of machines are no customers', () =>
    usingStores(open)(async ({ store }) => {
      await store.commit([createTerminal('annex')])
      assert.equal(await store.isEmpty(), true)
      assert.deepEqual(await store.reads.detailsAfter(0, 10), [])
      const [opened] = await store.commit([{ kind: 'open', account: '1', openingBalance: 1n }])
      assert.equal(opened?.status, 'opened')
      assert.equal(await store.isEmpty(), false)
      assert.equal((await store.reads.detailsAfter(0, 10)).length, 1)
    }))

  test('the model of a cash machine predicts every answer, and all reads and verify agree', async () => {
    await fc.assert(
      fc.asyncProperty(moments, (day) => spend(day, open)),
      { numRuns: sequences },
    )
  })
}

async function spend(day: readonly (readonly Step[])[], open: OpenStore): Promise<void> {
  const clock = { nowMs: 86_400_000 * 20 }
  const under = await open(clock, KEPT_FOR_MS)
  const plain = new PlainStore(plainTerms(KEPT_FOR_MS), () => clock.nowMs)
  try {
    // A second machine, of which nothing is said before the end: its rows must not be taken for the other's.
    const all: readonly Command[] = [createTerminal('annex'), ...opening]
    assert.deepEqual((await under.store.commit(all)).map(shown), (await plain.commit(all)).map(shown))
    const store = await spendAll(day, { under, plain, clock })
    await compareAll(store, plain, clock)
    const reopened = (await under.reopen?.()) ?? store
    await compareAll(reopened, plain, clock)
    if (under.verify === undefined) return
    const { firstDifferences, atm } = await under.verify()
    assert.deepEqual(firstDifferences, [])
    assert.deepEqual(atm, (await plain.verify()).atm)
  } finally {
    await under.remove()
  }
}

interface Both {
  readonly under: StoreUnderTest
  readonly plain: PlainStore
  readonly clock: Clock
}

async function spendAll(day: readonly (readonly Step[])[], { under, plain, clock }: Both): Promise<Store> {
  const model = openModel()
  const deeds: Deed[] = []
  let { store } = under
  for (const [index, steps] of day.entries()) {
    const isLater = steps[0]?.where === 5
    clock.nowMs += isLater ? 31_000 : 10
    model.nowMs = clock.nowMs
    const batch = isLater ? [...signIn] : []
    const outcomes: Outcome[] = [...(await plain.commit(batch))]
    for (const each of steps) {
      const deed = (each.what === KINDS ? deeds.at(-1 - (each.where % 3)) : undefined) ?? deedOf(each, model)
      deeds.push(deed)
      const command = commandOf(deed)
      batch.push(command)
      outcomes.push(...(await decided(plain, command, deed, model)))
    }
    assert.deepEqual((await store.commit(batch)).map(shown), outcomes.map(shown))
    if (index % REOPENED_EVERY === 0) store = (await under.reopen?.()) ?? store
  }
  return store
}

/** What the rules alone answer; fails where that is not what the model predicts. */
async function decided(
  plain: PlainStore,
  command: Command,
  deed: Deed,
  model: MachineModel,
): Promise<readonly Outcome[]> {
  const outcomes = await plain.commit([command])
  const [outcome] = outcomes
  assert.ok(outcome !== undefined)
  assert.equal(wordOf(outcome), model.predict(deed, planIn(outcome)), JSON.stringify(deed))
  return outcomes
}

/** An outcome without ids, which engines give as they like. */
function shown(outcome: Outcome): unknown {
  if (outcome.status === 'answered') return { ...outcome, postingId: outcome.postingId !== undefined }
  if (outcome.status === 'opened' || outcome.status === 'changed' || outcome.status === 'posted')
    return answerOf(outcome)
  return outcome
}

async function compareAll(store: Store, plain: PlainStore, { nowMs }: Clock): Promise<void> {
  assert.deepEqual(await machinesIn(store, nowMs), await machinesIn(plain, nowMs))
  const terminal = await store.reads.atm.terminal(TERMINAL)
  assert.equal(terminal?.asOfMs, nowMs)
}
