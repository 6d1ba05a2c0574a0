import assert from 'node:assert/strict'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test, type TestContext } from 'node:test'
import type { Command } from '../../src/ledger/commands/registry.ts'
import type { Outcome } from '../../src/state-machine/outcomes.ts'
import { plainTerms } from '../../src/ledger/terms.ts'
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import { verifySqlite } from '../../src/storage/sqlite/verify-sqlite.ts'
import { fillWithMachines } from '../support/machine-damages.ts'
import { temporaryFolder } from '../support/service.ts'

const ZONE = 'Europe/Zurich'

const clock = { nowMs: 1_000_000 }
const options = { terms: plainTerms(600_000), clock: () => clock.nowMs }

describe('a store that an older version has written', () => {
  test('from before balances were folded later opens with all that is in it, and goes on', async (t) => {
    const path = join(await temporaryFolder(t), 'atm.db')
    const before = new SqliteStore(path, options)
    await before.commit([{ kind: 'open', account: '1', openingBalance: 100n }])
    await before.commit(Array.from({ length: 50 }, () => ({ kind: 'deposit', account: '1', amount: 1n })))
    await before.close()
    execute(path, TO_VERSION_4 + TO_VERSION_2 + TO_VERSION_1)

    const store = new SqliteStore(path, options)
    t.after(() => store.close())
    await store.commit([{ kind: 'withdraw', account: '1', amount: 30n }])
    const [account] = await store.reads.accounts(['1'])
    assert.equal(account?.balance, 120n)
    assert.equal((await store.reads.history(account?.id ?? 0, 0, 100)).length, 51)
    assert.deepEqual((await verifySqlite(path)).firstDifferences, [])
  })

  test('from before there were holds answers retries as it did, and tells no name and no time of opening', async (t) => {
    const { store, path, commands, outcomes } = await migrated(t)
    const retried = await store.commit(commands)
    assert.deepEqual(
      retried,
      outcomes.map((outcome) => ({ ...outcome, replayed: true })),
    )
    const details = await store.reads.details('1')
    assert.equal(details?.account.balance, 500n - 10n - 20n - 40n + 7n)
    assert.deepEqual([details.name, details.openedAtMs], [undefined, undefined])
    assert.deepEqual((await verifySqlite(path, Date.now(), ZONE)).firstDifferences, [])
  })

  test('from before there were daily limits counts what was withdrawn on the day of the change', async (t) => {
    const { store } = await migrated(t)
    // 20 and 40 cents on this day of Zurich, and 10 on the day before.
    assert.deepEqual(
      await answers(store, [
        { kind: 'change', account: '1', limits: { dailyAmount: 65n } },
        { kind: 'withdraw', account: '1', amount: 6n },
        { kind: 'withdraw', account: '1', amount: 5n },
      ]),
      ['changed', 'daily_amount_limit_exceeded', 'posted'],
    )
  })

  test('from before there were transfers, holds and reversals takes and keeps them', async (t) => {
    const { store, path, outcomes } = await migrated(t)
    const [first] = outcomes
    assert.ok(first?.status === 'posted')
    assert.deepEqual(
      await answers(store, [
        { kind: 'transfer', from: '1', to: '2', amount: 30n, reference: 'rent', idempotencyKey: 't' },
        { kind: 'hold', account: '1', amount: 100n, idempotencyKey: 'h' },
        { kind: 'capture', holdId: 1, amount: 60n, idempotencyKey: 'c' },
        { kind: 'reverse', original: { postingId: first.posting.id }, idempotencyKey: 'r' },
        { kind: 'reverse', original: { idempotencyKey: 'never arrived' } },
      ]),
      ['posted', 'held', 'captured', 'posted', 'key_closed'],
    )
    assert.deepEqual((await verifySqlite(path, Date.now(), ZONE)).firstDifferences, [])
  })

  test('from before there were cash machines takes them, and opens accounts for them after its own', async (t) => {
    const path = join(await temporaryFolder(t), 'atm.db')
    const before = new SqliteStore(path, options)
    await before.commit([{ kind: 'open', account: '7', openingBalance: 100n }])
    await before.close()
    execute(path, TO_VERSION_4)

    const store = new SqliteStore(path, options)
    t.after(() => store.close())
    await fillWithMachines(store)
    const found = await store.reads.atm.terminal('lobby')
    assert.deepEqual([found?.terminal.cashAccountId, found?.unsettled?.sequence], [12, 8])
    const { firstDifferences, atm } = await verifySqlite(path)
    assert.deepEqual([firstDifferences, atm?.transactions], [[], 8])
  })
})

async function answers(store: SqliteStore, commands: readonly Command[]): Promise<string[]> {
  const outcomes = await store.commit(commands)
  return outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : outcome.status))
}

/** What version 2 left behind when it was killed, some of it folded into rows and some not, opened by this version. */
async function migrated(t: TestContext): Promise<{
  readonly store: SqliteStore
  readonly path: string
  /** Those with a key, in the order in which they were carried out. */
  readonly commands: readonly Command[]
  readonly outcomes: readonly Outcome[]
}> {
  const folder = await temporaryFolder(t)
  const written = join(folder, 'written.db')
  const path = join(folder, 'atm.db')
  const terms = { ...plainTerms(3_600_000), timeZone: ZONE }
  const settings = { ...options, terms, writeBackEveryPostings: 3 }
  const version2 = new SqliteStore(written, settings)
  t.after(() => version2.close())
  const commands: readonly Command[] = [
    { kind: 'withdraw', account: '1', amount: 10n, idempotencyKey: 'a' },
    { kind: 'withdraw', account: '1', amount: 20n, idempotencyKey: 'b' },
    { kind: 'withdraw', account: '1', amount: 9_999n, idempotencyKey: 'declined' },
    { kind: 'deposit', account: '1', amount: 7n, idempotencyKey: 'd' },
    { kind: 'withdraw', account: '1', amount: 40n, idempotencyKey: 'e' },
  ]
  // The first comes a minute before midnight in Zurich, the others after it.
  clock.nowMs = Date.UTC(2026, 5, 1, 21, 59)
  await version2.commit([
    { kind: 'open', account: '1', openingBalance: 500n },
    { kind: 'open', account: '2', openingBalance: 0n },
  ])
  const outcomes: Outcome[] = []
  for (const command of commands) {
    outcomes.push(...(await version2.commit([command])))
    clock.nowMs += 60_000
  }
  for (const part of ['', '-wal']) await copyFile(`${written}${part}`, `${path}${part}`)
  execute(path, TO_VERSION_4 + TO_VERSION_2)
  const store = new SqliteStore(path, settings)
  t.after(() => store.close())
  return { store, path, commands, outcomes }
}

function execute(path: string, sql: string): void {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false })
  database.exec(sql)
  database.close()
}

/** The shape of version 1 is that of version 2 without what says how far the rows are folded. */
const TO_VERSION_1 = `
  DROP TABLE folded_up_to;
  ALTER TABLE accounts DROP COLUMN latest_posting_id;
  PRAGMA user_version = 1;`

/** Version 4 knew no cards and no cash machines. */
const TO_VERSION_4 = `
  DROP TABLE cards;
  DROP TABLE terminals;
  DROP TABLE cash_units;
  DROP TABLE terminal_transactions;
  DROP TABLE note_moves;
  DROP TABLE terminal_postings;
  PRAGMA user_version = 4;`

/** Version 2 knew deposits and withdrawals alone, and no checksums. */
const TO_VERSION_2 = `
  ALTER TABLE accounts DROP COLUMN checksum;
  ALTER TABLE postings DROP COLUMN checksum;
  DROP INDEX reversals;
  ALTER TABLE postings DROP COLUMN reference;
  ALTER TABLE postings DROP COLUMN reversed_posting_id;
  ALTER TABLE postings DROP COLUMN hold_id;
  ALTER TABLE accounts DROP COLUMN name;
  ALTER TABLE accounts DROP COLUMN opened_at_ms;
  ALTER TABLE accounts DROP COLUMN status;
  ALTER TABLE accounts DROP COLUMN overdraft_limit;
  ALTER TABLE accounts DROP COLUMN withdrawal_limit;
  ALTER TABLE accounts DROP COLUMN daily_amount_limit;
  ALTER TABLE accounts DROP COLUMN daily_count_limit;
  ALTER TABLE accounts DROP COLUMN withdrawn_day;
  ALTER TABLE accounts DROP COLUMN withdrawn_amount;
  ALTER TABLE accounts DROP COLUMN withdrawn_count;
  DROP TABLE holds;
  CREATE TABLE kept (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    digest BLOB NOT NULL,
    fingerprint BLOB NOT NULL,
    posting_id INTEGER REFERENCES postings (id),
    reason TEXT,
    CHECK ((posting_id IS NULL) <> (reason IS NULL))
  ) STRICT;
  INSERT INTO kept SELECT id, at_ms, digest, fingerprint, posting_id, reason FROM idempotency_keys;
  DROP TABLE idempotency_keys;
  ALTER TABLE kept RENAME TO idempotency_keys;
  PRAGMA user_version = 2;`
