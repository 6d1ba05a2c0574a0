import assert from 'node:assert/strict'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import { plainTerms } from '../../src/ledger/terms.ts'
import { SqliteStore } from '../../src/stores/sqlite/store.ts'
import { verifySqlite } from '../../src/stores/sqlite/verify.ts'
import { temporaryFolder } from '../support/service.ts'

/** Books in which hold 1 is captured, hold 2 released and hold 3 open, and part of a transfer is given back. */
async function fillWithLinks(path: string): Promise<{ readonly [Name in 'transfer' | 'capture']: number }> {
  const store = new SqliteStore(path, { terms: plainTerms(600_000), clock: () => 1_000_000 })
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
  const ids = { transfer: transfer.posting.id, capture: capture.posting.id }
  await store.commit([
    { kind: 'reverse', original: { postingId: ids.transfer }, amount: 60n },
    { kind: 'reverse', original: { postingId: ids.transfer }, amount: 30n },
    { kind: 'reverse', original: { postingId: ids.capture } },
  ])
  await store.close()
  return ids
}

/** Each changes what holds, postings and records say of each other, and no balance. */
const linkDamages: readonly { readonly what: string; readonly sql: string; readonly named: RegExp }[] = [
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
    sql: 'UPDATE postings SET kind = 5, reversed_posting_id = 3, hold_id = NULL WHERE id IN (5, 6)',
    named: /posting \d+ brings what is reversed of posting 3 to \d+ cents, more than it moved/,
  },
  {
    what: 'what an idempotency record tells of a hold',
    sql: `UPDATE idempotency_keys SET snapshot = '{"status":"held"}' WHERE id = 1`,
    named: /idempotency record 1 has no outcome/,
  },
]

describe('verify of books with holds and reversals', () => {
  let file = ''
  const cleanups: (() => Promise<void>)[] = []

  before(async () => {
    file = join(await temporaryFolder({ after: (hook) => cleanups.push(hook) }), 'atm.db')
    assert.deepEqual(await fillWithLinks(file), { transfer: 3, capture: 4 })
  })
  after(() => Promise.all(cleanups.map((cleanup) => cleanup())))

  test('finds them in order, and counts them', async () => {
    const { holds, postings, differences } = await verifySqlite(file)
    assert.deepEqual({ holds, postings, differences }, { holds: 3, postings: 8, differences: 0 })
  })

  for (const [index, { what, sql, named }] of linkDamages.entries()) {
    test(`finds ${what}`, async () => {
      const damaged = `${file}-${index}`
      await copyFile(file, damaged)
      const database = new DatabaseSync(damaged, { enableForeignKeyConstraints: false })
      database.exec(sql)
      database.close()
      assert.match((await verifySqlite(damaged)).firstDifferences.join('\n'), named)
    })
  }
})
