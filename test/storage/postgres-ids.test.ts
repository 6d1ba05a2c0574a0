import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Command } from '../../src/ledger/commands/registry.ts'
import { ask, throwIfFailed, expect, openPair } from './postgres-stores.ts'

/** A full batch, of commands that make two postings each. */
function openings(from: number): readonly Command[] {
  return Array.from({ length: 1_000 }, (_, index) => ({
    kind: 'open',
    account: `${from + index}`,
    openingBalance: 1n,
    openingDeposit: 2n,
  }))
}

describe('the ids of postings on PostgreSQL, which a batch does not know while it is decided', () => {
  test('are right wherever one command of a batch refers to what another one of it has made', async (t) => {
    const { url, stores } = await openPair(t)
    const [first, second] = stores
    const { hold } = expect(
      await ask(first, { kind: 'hold', account: '1', amount: 500n, reference: 'room 12' }),
      'held',
    )
    const older = expect(await ask(first, { kind: 'deposit', account: '2', amount: 7n }), 'posted').posting
    const commands: readonly Command[] = [
      { kind: 'transfer', from: '1', to: '2', amount: 300n, idempotencyKey: 'original' },
      { kind: 'reverse', original: { idempotencyKey: 'original' }, amount: 100n, idempotencyKey: 'part' },
      { kind: 'reverse', original: { idempotencyKey: 'original' }, idempotencyKey: 'rest' },
      { kind: 'reverse', original: { idempotencyKey: 'original' }, idempotencyKey: 'again' },
      { kind: 'reverse', original: { postingId: older.id }, idempotencyKey: 'older' },
      { kind: 'capture', holdId: hold.id, amount: 400n, idempotencyKey: 'capture' },
      { kind: 'reverse', original: { idempotencyKey: 'capture' }, idempotencyKey: 'captured' },
    ]
    const outcomes = await first.commit(commands)
    const postings = outcomes.map((outcome) => {
      assert.ok('posting' in outcome)
      return outcome.posting
    })
    const [original, part, rest, again, ofOlder, capture, ofCaptured] = postings
    assert.ok(original && capture)
    const distinct = new Set(postings.map(({ id }) => id))
    assert.deepEqual(
      [...distinct],
      Array.from(distinct, (_, index) => original.id + index),
    )
    assert.ok(original.id > older.id)
    assert.deepEqual(again, rest)
    assert.deepEqual(
      [part, rest, ofOlder, ofCaptured].map((posting) => posting?.reversedPostingId),
      [original.id, original.id, older.id, capture.id],
    )
    assert.equal(
      expect(await ask(first, commands[5] ?? assert.fail()), 'captured').hold.capturePostingId,
      capture.id,
    )

    for (const posting of postings) {
      const stored = await second.reads.posting(posting.id)
      assert.deepEqual(stored?.posting, posting)
    }
    assert.deepEqual(await second.reads.posting(original.id), {
      posting: original,
      reversedAmount: 300n,
      latestReversal: rest,
    })
    const stored = await second.reads.hold(hold.id)
    assert.deepEqual(stored?.hold, {
      ...hold,
      state: 'captured',
      capturedAmount: 400n,
      capturePostingId: capture.id,
    })
    const replays = outcomes.map((outcome) => ({ ...outcome, replayed: true }))
    assert.deepEqual(await second.commit(commands), replays)
    assert.deepEqual(await first.commit(commands), replays)
    await throwIfFailed(url)
  })

  test('are not drawn twice, also where every command of a full batch makes two postings', async (t) => {
    const { url, stores } = await openPair(t)
    await stores[0].commit(openings(10_000))
    await stores[1].commit(openings(20_000))
    expect(await ask(stores[0], { kind: 'deposit', account: '20999', amount: 1n }), 'posted')
    await throwIfFailed(url)
  })
})
