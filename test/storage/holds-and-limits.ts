import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from '../../src/ledger/commands/registry.ts'
import { heldAt, holdStatus } from '../../src/ledger/holds.ts'
import { DAY_MS } from '../ledger/generated-commands.ts'
import { answerOf, answerTo, openAccount, withdrawal, type WithStore } from './store-under-test.ts'

/** What every engine knows of holds and of the day's withdrawals, also after a restart. */
export function holdsAndLimitsConform(withStore: WithStore): void {
  test('a hold frees its money at its time, though nothing has run since and the store was closed', () =>
    withStore(async ({ store, reopen }, clock) => {
      await store.commit([openAccount(100n)])
      const holding: Command = { kind: 'hold', account: '1', amount: 80n, expiresInMs: 500 }
      const held = await answerTo(store, holding)
      assert.ok(held.status === 'held')
      const { id, expiresAtMs } = held.hold
      assert.equal(expiresAtMs, clock.nowMs + 500)
      clock.nowMs += 499
      assert.equal(answerOf(await answerTo(store, withdrawal(21n))).answer, 'insufficient_funds')
      const again = (await reopen?.()) ?? store
      assert.equal(answerOf(await answerTo(again, withdrawal(21n))).answer, 'insufficient_funds')
      clock.nowMs += 1
      const [read, details] = await Promise.all([again.reads.hold(id), again.reads.details('1')])
      assert.ok(read !== undefined && details !== undefined)
      assert.equal(holdStatus(read.hold, read.asOfMs), 'expired')
      assert.equal(heldAt(details.account.openHolds, details.asOfMs), 0n)
      const late = await again.commit([{ kind: 'capture', holdId: id }, withdrawal(100n)])
      assert.deepEqual(
        late.map((outcome) => answerOf(outcome).answer),
        ['hold_expired', 'posted'],
      )
    }))

  test('a hold that has ended stays as it ended', () =>
    withStore(async ({ store, reopen }) => {
      await store.commit([openAccount(100n)])
      const holding: Command = { kind: 'hold', account: '1', amount: 40n }
      const ids = (await store.commit([holding, holding])).map((outcome) =>
        outcome.status === 'held' ? outcome.hold.id : 0,
      )
      const [first = 0, second = 0] = ids
      const captureFirst: Command = { kind: 'capture', holdId: first, amount: 15n }
      const releaseSecond: Command = { kind: 'release', holdId: second }
      await store.commit([captureFirst, releaseSecond])
      const again = (await reopen?.()) ?? store
      const late = await again.commit([
        captureFirst,
        { kind: 'release', holdId: first },
        releaseSecond,
        { kind: 'capture', holdId: second },
        withdrawal(86n),
        withdrawal(85n),
      ])
      assert.deepEqual(
        late.map((outcome) => answerOf(outcome).answer),
        ['hold_captured', 'hold_captured', 'hold_released', 'hold_released', 'insufficient_funds', 'posted'],
      )
    }))

  test('what was withdrawn on a day counts over a restart, is given back by a reversal, and not after midnight', () =>
    withStore(async ({ store, reopen }, clock) => {
      clock.nowMs = 20 * DAY_MS - 10
      await store.commit([
        openAccount(1_000n),
        { kind: 'change', account: '1', limits: { dailyAmount: 100n, dailyCount: 2 } },
      ])
      const [first] = await store.commit([withdrawal(60n)])
      assert.ok(first?.status === 'posted')
      let again = (await reopen?.()) ?? store
      assert.equal(answerOf(await answerTo(again, withdrawal(41n))).answer, 'daily_amount_limit_exceeded')
      const reversal: Command = { kind: 'reverse', original: { postingId: first.posting.id }, amount: 10n }
      const partly = await again.commit([reversal, withdrawal(50n), withdrawal(1n)])
      assert.deepEqual(
        partly.map((outcome) => answerOf(outcome).answer),
        ['posted', 'posted', 'daily_amount_limit_exceeded'],
      )
      again = (await reopen?.()) ?? store
      const wholly = await again.commit([{ ...reversal, amount: 50n }, withdrawal(1n), withdrawal(1n)])
      assert.deepEqual(
        wholly.map((outcome) => answerOf(outcome).answer),
        ['posted', 'posted', 'daily_count_limit_exceeded'],
      )
      clock.nowMs = 20 * DAY_MS
      assert.equal(answerOf(await answerTo(again, withdrawal(100n))).answer, 'posted')
    }))
}
