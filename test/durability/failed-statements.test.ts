import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { StoreUnavailable } from '../../src/storage/store.ts'
import { answerOf, ask, throwIfFailed, balanceOf, expect, openPair } from '../storage/postgres-stores.ts'
import { clusterForSuite, untilBlocked } from '../support/faults.ts'
import { connectTo, createDatabase, giveToRole, withSql } from '../support/postgres.ts'
import type { Cleanup } from '../support/service.ts'
import { endRowTrouble, limitStatements, troubleRows } from '../support/row-trouble.ts'

const deposit = { kind: 'deposit', account: '1', amount: 100n } as const

describe('after a statement that failed in the middle of its rows', () => {
  const cluster = clusterForSuite()

  /** A store that can be given rows which cannot be read, and its database for a superuser. */
  async function openStore(t: Cleanup) {
    const administration = await createDatabase({ after: () => undefined }, cluster().url())
    const { role, url } = await giveToRole(administration)
    const { stores } = await openPair(t, url)
    return { administration, role, store: stores[0] }
  }

  test('a batch is booked once', async (t) => {
    const { administration, store } = await openStore(t)
    const { posting: readable } = expect(await ask(store, deposit), 'posted')
    const { posting: unreadable } = expect(await ask(store, deposit), 'posted')
    await troubleRows(administration, 'postings', { unreadable: [unreadable.id] })
    const reversals = [readable, unreadable].map(
      ({ id }) => ({ kind: 'reverse', original: { postingId: id } }) as const,
    )
    await assert.rejects(store.commit(reversals), StoreUnavailable)
    expect(await ask(store, deposit), 'posted')
    assert.equal(await balanceOf(store, '1'), 100_300n)
    await endRowTrouble(administration)
    await throwIfFailed(administration)
  })

  test('the next read is right, and so is the same one when it is repeated', async (t) => {
    const { administration, role, store } = await openStore(t)
    const ids = await withSql(
      administration,
      (sql) => sql<{ id: bigint }[]>`SELECT id FROM accounts WHERE number = '2'`,
    )
    await troubleRows(administration, 'accounts', { slow: ids.map(({ id }) => Number(id)) })
    await limitStatements(administration, role)
    const both = await store.reads.accounts(['1', '2'])
    assert.deepEqual(
      both.map((account) => account?.balance),
      [100_000n, 100_000n],
    )
    await endRowTrouble(administration)
  })

  test('the next read of something else is right', async (t) => {
    const { administration, store } = await openStore(t)
    const two = await store.reads.details('2')
    assert.ok(two)
    await troubleRows(administration, 'accounts', { unreadable: [two.account.id] })
    await assert.rejects(store.reads.accounts(['1', '2']), StoreUnavailable)
    assert.equal(await balanceOf(store, '1'), 100_000n)
    await endRowTrouble(administration)
  })
})

test('a batch that the row of its writer counts is not written again, whatever the server answered', async (t) => {
  const { url, stores } = await openPair(t)
  const [store, other] = stores
  const { posting } = expect(await ask(store, deposit), 'posted')
  await other.close()
  const sql = connectTo(url)
  t.after(() => sql.end())
  const written = await sql.begin(async (locking) => {
    await locking`SELECT 1 FROM accounts WHERE number = '1' OR number IS NULL ORDER BY id FOR UPDATE`
    const waiting = ask(store, deposit)
    await untilBlocked(url)
    // Does what the batch would, so that it finds its accounts changed and itself fenced.
    await locking`UPDATE accounts SET version = version + 1, balance = balance + 100 WHERE number = '1'`
    await locking`UPDATE accounts SET version = version + 1, balance = balance - 100 WHERE id = ${posting.debitAccountId}`
    await locking`UPDATE writers SET batch = batch + 1, first_posting_id = nextval('posting_ids')`
    await locking`INSERT INTO postings
        (id, at_ms, kind, debit_account_id, credit_account_id, amount, debit_balance, credit_balance)
      SELECT currval('posting_ids'), at_ms, kind, debit_account_id, credit_account_id, amount,
        debit_balance - amount, credit_balance + amount
      FROM postings WHERE id = ${posting.id}`
    return { waiting }
  })
  const outcome = await written.waiting
  assert.equal(answerOf(outcome), 'posted')
  assert.equal(await balanceOf(store, '1'), 100_200n)
  assert.deepEqual(
    (await store.reads.history(posting.creditAccountId, posting.id, 10)).map(({ id }) => id),
    [expect(outcome, 'posted').posting.id],
  )
  await throwIfFailed(url)
})
