import assert from 'node:assert/strict'
import type { AuditReport } from '../../src/ledger/audit/audit.ts'
import type { Store } from '../../src/storage/store.ts'

/**
 * Fills an empty store with books in which hold 1 is captured by posting 4, hold 2 released and hold 3 open, and part
 * of the transfer in posting 3 is given back. Posting 5 is a transfer too.
 */
export async function fillWithLinks(store: Store): Promise<void> {
  const outcomes = await store.commit([
    { kind: 'open', account: '1', openingBalance: 1_000n },
    { kind: 'open', account: '2', openingBalance: 1_000n },
    { kind: 'transfer', from: '1', to: '2', amount: 100n },
    { kind: 'hold', account: '1', amount: 300n, idempotencyKey: 'a hold' },
    { kind: 'hold', account: '2', amount: 50n },
    { kind: 'hold', account: '1', amount: 20n },
    { kind: 'capture', holdId: 1, amount: 200n, idempotencyKey: 'a capture' },
    { kind: 'release', holdId: 2 },
    { kind: 'transfer', from: '2', to: '1', amount: 100n },
  ])
  const [, , transfer, , , , capture] = outcomes
  assert.ok(transfer?.status === 'posted' && capture?.status === 'captured')
  assert.deepEqual([transfer.posting.id, capture.posting.id], [3, 4])
  await store.commit([
    { kind: 'reverse', original: { postingId: 3 }, amount: 60n },
    { kind: 'reverse', original: { postingId: 3 }, amount: 30n },
    { kind: 'reverse', original: { postingId: 4 } },
  ])
}

/** Each changes what holds, postings and records say of each other, and no balance. */
export const linkDamages: readonly { readonly what: string; readonly sql: string; readonly named: RegExp }[] =
  [
    {
      what: 'a captured hold, which is open again',
      sql: 'UPDATE holds SET state = 0, captured_amount = 0, capture_posting_id = NULL WHERE id = 1',
      named: /1 postings capture holds, where 0 are captured/,
    },
    {
      what: 'an open hold, which says that it was captured',
      sql: 'UPDATE holds SET state = 1 WHERE id = 3',
      named: /hold 3 points at posting none, which did not capture it/,
    },
    {
      what: 'a released hold, which was captured too',
      sql: 'UPDATE holds SET captured_amount = 1 WHERE id = 2',
      named: /hold 2 is released, and names a capture of 1 cents/,
    },
    {
      what: 'what was captured of a hold',
      sql: 'UPDATE holds SET captured_amount = 201 WHERE id = 1',
      named: /hold 1 points at posting \d+, which did not capture it/,
    },
    {
      what: 'how much was held',
      sql: 'UPDATE holds SET amount = 199 WHERE id = 1',
      named: /hold 1 of 199 cents was captured with 200/,
    },
    {
      what: 'whose money is held',
      sql: "UPDATE holds SET account_id = (SELECT id FROM accounts WHERE number = '2') WHERE id = 1",
      named: /hold 1 points at posting \d+, which did not capture it/,
    },
    {
      what: 'a hold, which is gone',
      sql: 'DELETE FROM holds WHERE id = 1',
      named: /1 postings capture holds, where 0 are captured/,
    },
    {
      what: 'the hold that a posting captures',
      sql: 'UPDATE postings SET hold_id = 3 WHERE hold_id = 1',
      named: /hold 1 points at posting \d+, which did not capture it/,
    },
    {
      what: 'a reversal, which gives nothing back any more',
      sql: 'UPDATE postings SET reversed_posting_id = NULL WHERE amount = 60',
      named: /posting \d+ is a reversal and reverses nothing/,
    },
    {
      what: 'a transfer, which gives back another one',
      sql: 'UPDATE postings SET reversed_posting_id = 3 WHERE id = 5',
      named: /posting 5 is a transfer and reverses 3/,
    },
    {
      what: 'what a reversal gives back, to a posting that is not there',
      sql: 'UPDATE postings SET reversed_posting_id = 999 WHERE amount = 60',
      named: /posting \d+ reverses posting 999, which cannot be reversed/,
    },
    {
      what: 'what a reversal gives back, to a posting that went the other way',
      sql: 'UPDATE postings SET reversed_posting_id = 5 WHERE amount = 60',
      named: /posting \d+ does not give back what posting 5 moved/,
    },
    {
      what: 'reversals, which give back more than was moved',
      sql: 'UPDATE postings SET kind = 5, reversed_posting_id = 3, hold_id = NULL WHERE id = 5 OR amount = 60',
      named: /posting \d+ brings what is reversed of posting 3 to \d+ cents, more than it moved/,
    },
    {
      what: 'what an idempotency record tells of a hold',
      sql: `UPDATE idempotency_keys SET snapshot = '{"status":"held"}' WHERE posting_id IS NULL`,
      named: /idempotency record \d+ has no outcome/,
    },
  ]

/** The report on the books that were filled, with nothing changed. */
export function assertInOrder({ holds, postings, differences }: AuditReport): void {
  assert.deepEqual({ holds, postings, differences }, { holds: 3, postings: 8, differences: 0 })
}
