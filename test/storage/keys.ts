import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from '../../src/ledger/commands/registry.ts'
import { KEPT_FOR_MS } from '../ledger/generated-commands.ts'
import {
  answerOf,
  answerTo,
  deposit,
  keyedDeposit,
  openAccount,
  withdrawal,
  type WithStore,
} from './store-under-test.ts'

/** What every engine keeps under idempotency keys, and for how long. */
export function keysConform(withStore: WithStore): void {
  test('a key is good once, also within one batch, and free again after its time', () =>
    withStore(async ({ store }, clock) => {
      await store.commit([openAccount(0n)])
      const keyed = { ...deposit(10n), idempotencyKey: 'k' }
      const together = await store.commit([keyed, keyed, { ...keyed, amount: 11n }])
      assert.deepEqual(together.map(answerOf), [
        { answer: 'posted', balance: 10n, replayed: false },
        { answer: 'posted', balance: 10n, replayed: true },
        { answer: 'idempotency_key_reused', replayed: false },
      ])
      clock.nowMs += KEPT_FOR_MS - 1
      assert.equal((await answerTo(store, keyed)).replayed, true)
      clock.nowMs += 1
      assert.deepEqual(answerOf(await answerTo(store, keyed)), {
        answer: 'posted',
        balance: 20n,
        replayed: false,
      })
    }))

  test('expired keys are forgotten while new ones keep their outcomes', () =>
    withStore(async ({ store }, clock) => {
      await store.commit([openAccount(0n)])
      for (let round = 0; round < 20; round += 1) {
        const keys = Array.from({ length: 100 }, (_, index) => keyedDeposit(`${round}-${index}`))
        const fresh = await store.commit(keys)
        assert.ok(fresh.every((outcome) => outcome.status === 'posted' && !outcome.replayed))
        assert.ok((await store.commit(keys)).every(({ replayed }) => replayed))
        clock.nowMs += KEPT_FOR_MS / 2
      }
    }))

  test('a kept outcome stays kept when the clock was set back over a restart', (t) =>
    withStore(async ({ store, reopen }, clock) => {
      if (reopen === undefined) return t.skip('this engine keeps nothing over a restart')
      await store.commit([openAccount(0n)])
      const startMs = clock.nowMs
      const later = { ...withdrawal(1n), idempotencyKey: 'later' }
      clock.nowMs = startMs + 5 * KEPT_FOR_MS
      await store.commit([later])
      clock.nowMs = startMs
      const again = await reopen()
      await again.commit([keyedDeposit('earlier')])
      clock.nowMs = startMs + KEPT_FOR_MS
      await again.commit([keyedDeposit('prunes what has expired')])
      assert.deepEqual(answerOf(await answerTo(again, later)), {
        answer: 'insufficient_funds',
        replayed: true,
      })
    }))

  test('what was told of holds and accounts is told again as it was, whatever has become of them since', () =>
    withStore(async ({ store, reopen }) => {
      await store.commit([openAccount(100n)])
      const opening: Command = {
        kind: 'open',
        account: '2',
        name: 'Ada',
        openingBalance: 7n,
        idempotencyKey: 'o',
      }
      const holding: Command = { kind: 'hold', account: '1', amount: 30n, idempotencyKey: 'h' }
      const limiting: Command = { kind: 'change', account: '1', status: 'frozen', idempotencyKey: 'c' }
      const unfreezing: Command = { kind: 'change', account: '1', status: 'open', idempotencyKey: 'u' }
      const told = await store.commit([opening, holding, limiting, unfreezing])
      const held = told[1]
      assert.ok(held?.status === 'held')
      const capturing: Command = { kind: 'capture', holdId: held.hold.id, amount: 10n, idempotencyKey: 'p' }
      const captured = await answerTo(store, capturing)
      assert.equal(captured.status, 'captured')
      await store.commit([deposit(1n), { ...deposit(1n), account: '2' }])
      const repeated = await store.commit([opening, holding, limiting, unfreezing, capturing])
      const expected = [...told, captured].map((outcome) => ({ ...outcome, replayed: true }))
      assert.deepEqual(repeated, expected)
      if (reopen === undefined) return
      const again = await reopen()
      assert.deepEqual(await again.commit([opening, holding, limiting, unfreezing, capturing]), expected)
    }))

  test('a key that is closed before its original comes declines it, in the same batch and until its time', () =>
    withStore(async ({ store, reopen }, clock) => {
      await store.commit([openAccount(0n)])
      const original = keyedDeposit('k')
      const reversal: Command = { kind: 'reverse', original: { idempotencyKey: 'k' } }
      const untilMs = clock.nowMs + KEPT_FOR_MS
      const declined = { status: 'rejected', reason: 'idempotency_key_closed', replayed: false }
      assert.deepEqual(await store.commit([reversal, original]), [
        { status: 'key_closed', untilMs, replayed: false },
        declined,
      ])
      clock.nowMs = untilMs - 1
      const again = (await reopen?.()) ?? store
      assert.deepEqual(await again.commit([original, reversal]), [
        declined,
        { status: 'key_closed', untilMs, replayed: false },
      ])
      clock.nowMs = untilMs
      assert.deepEqual(answerOf(await answerTo(again, original)), {
        answer: 'posted',
        balance: 1n,
        replayed: false,
      })
    }))

  test('a reversal that is repeated, retried or reversed itself moves nothing more', () =>
    withStore(async ({ store, reopen }) => {
      await store.commit([openAccount(0n)])
      await store.commit([{ ...deposit(50n), idempotencyKey: 'original' }, deposit(200n)])
      const byKey: Command = {
        kind: 'reverse',
        original: { idempotencyKey: 'original' },
        idempotencyKey: 'r',
      }
      const reversed = await answerTo(store, byKey)
      assert.ok(reversed.status === 'posted')
      const postingId = reversed.posting.reversedPostingId ?? 0
      const byId: Command = { kind: 'reverse', original: { postingId }, idempotencyKey: 's' }
      const ofReversal: Command = { kind: 'reverse', original: { idempotencyKey: 's' } }
      const closing: Command = {
        kind: 'reverse',
        original: { idempotencyKey: 'unused' },
        idempotencyKey: 't',
      }
      const ofClosing: Command = { kind: 'reverse', original: { idempotencyKey: 't' } }
      const repeated = await store.commit([byKey, byId, byId, ofReversal, closing, closing, ofClosing])
      const replay = { ...reversed, replayed: true }
      assert.deepEqual(repeated.slice(0, 3), [replay, reversed, replay])
      assert.deepEqual(
        repeated.slice(3).map((outcome) => [answerOf(outcome).answer, outcome.replayed]),
        [
          ['not_reversible', false],
          ['key_closed', false],
          ['key_closed', true],
          ['not_reversible', false],
        ],
      )
      const again = (await reopen?.()) ?? store
      assert.deepEqual(await again.commit([byKey, byId]), [replay, replay])
      assert.equal((await again.reads.accounts(['1']))[0]?.balance, 200n)
    }))
}
