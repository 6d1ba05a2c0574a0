import assert from 'node:assert/strict'
import { readFile, rename, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test, type TestContext } from 'node:test'
import { setImmediate, setTimeout as pause } from 'node:timers/promises'
import type { Deposit } from '../../src/ledger/commands/deposit.ts'
import { OutcomeUnknown, StoreUnavailable } from '../../src/storage/store.ts'
import { plainTerms } from '../../src/ledger/terms.ts'
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import { temporaryFolder } from '../support/service.ts'
import { fill, mountSmallDisk } from '../support/small-disk.ts'

const deposit: Deposit = { kind: 'deposit', account: '1', amount: 5n }

/** A store with an account and the messages it has logged, by level. */
async function opened(t: TestContext, folder?: string) {
  const path = join(folder ?? (await temporaryFolder(t)), 'atm.db')
  const logged: { readonly level: string; readonly message: string; readonly details: object }[] = []
  const note =
    (level: string) =>
    (details: object, message: string): void =>
      void logged.push({ level, message, details })
  const store = new SqliteStore(path, {
    terms: plainTerms(600_000),
    clock: () => 1_000_000,
    log: { warn: note('warn'), fatal: note('fatal') },
    writeBackEveryPostings: 1_000,
  })
  t.after(() => store.close())
  await store.commit([{ kind: 'open', account: '1', openingBalance: 0n }])
  return { path, store, logged }
}

/** After this long the files are looked at again before anything else. */
const CHECK_MS = 60

function isCertain(error: unknown): boolean {
  return error instanceof StoreUnavailable && !(error instanceof OutcomeUnknown)
}

describe('a store whose files are disturbed while it is open', () => {
  const losses: Readonly<Record<string, (path: string) => Promise<void>>> = {
    'loses its database': (path) => rm(path),
    'loses its log': (path) => rm(`${path}-wal`),
    'loses the index of its log': (path) => rm(`${path}-shm`),
    'is moved': (path) => rename(path, `${path}.moved`),
    'is moved and linked back': async (path) => {
      await rename(path, `${path}.moved`)
      await symlink(`${path}.moved`, path)
    },
    'has its database cut short': (path) => truncate(path, 4_096),
    'has its log cut short': (path) => truncate(`${path}-wal`),
    'has a part of its log cut off': (path) => truncate(`${path}-wal`, 3_000),
    'has the index of its log cut short': async (path) => {
      // SQLite itself cannot bear it, so it must not be at work before the files are checked again.
      await pause(CHECK_MS)
      await truncate(`${path}-shm`)
    },
    'is replaced': async (path) => {
      await rename(path, `${path}.moved`)
      await writeFile(path, '')
    },
  }
  for (const [what, lose] of Object.entries(losses)) {
    test(`${what}: nothing more is acknowledged or read, and one fatal line says so`, async (t) => {
      const { path, store, logged } = await opened(t)
      await store.commit([deposit])
      await lose(path)
      // Whether it was lost before the write or during it, no success is answered.
      await assert.rejects(store.commit([deposit]), StoreUnavailable)
      await assert.rejects(store.commit([deposit]), isCertain)
      await assert.rejects(store.reads.accounts(['1']), isCertain)
      await assert.rejects(store.reads.history(9, 0, 1), isCertain)
      assert.deepEqual(
        logged.map(({ level }) => level),
        ['fatal'],
      )
      assert.match(logged[0]?.message ?? '', /atm\.db(-wal|-shm)? was (removed or replaced|cut short)/)
    })
  }

  test('is read no more once its database was moved, though nothing is written', async (t) => {
    const { path, store } = await opened(t)
    await rename(path, `${path}.moved`)
    // What was there a moment ago is read without another look.
    await pause(CHECK_MS)
    await assert.rejects(store.reads.accounts(['1']), isCertain)
  })

  test('is locked by another program: refused soon, while the thread is free, and taken again afterwards', async (t) => {
    const { path, store, logged } = await opened(t)
    const other = new DatabaseSync(path)
    t.after(() => other.close())
    other.exec('BEGIN IMMEDIATE')
    let turns = 0
    const refused = new AbortController()
    const refusal = assert
      .rejects(store.commit([deposit]), /holds the write lock/)
      .finally(() => refused.abort())
    while (!refused.signal.aborted) {
      turns += 1
      await setImmediate()
    }
    await refusal
    assert.ok(turns > 10, `the event loop has turned ${turns} times meanwhile`)
    assert.equal((await store.reads.accounts(['1']))[0]?.balance, 0n)
    other.exec('ROLLBACK')
    assert.equal((await store.commit([deposit]))[0]?.status, 'posted')
    assert.equal((await store.reads.accounts(['1']))[0]?.balance, 5n)
    assert.deepEqual(logged, [])
  })

  test('is locked for a moment: the batch waits and is written', async (t) => {
    const { path, store } = await opened(t)
    const other = new DatabaseSync(path)
    t.after(() => other.close())
    other.exec('BEGIN IMMEDIATE')
    const waiting = store.commit([deposit])
    await setImmediate()
    other.exec('ROLLBACK')
    assert.equal((await waiting)[0]?.status, 'posted')
  })

  for (const first of ['read', 'write'] as const) {
    test(`is written to by another program: no stale answer to a ${first}`, async (t) => {
      const { path, store, logged } = await opened(t)
      const other = new DatabaseSync(path)
      t.after(() => other.close())
      other.exec("UPDATE accounts SET name = 'someone else' WHERE number = '1'")
      await assert.rejects(
        first === 'read' ? store.reads.accounts(['1']) : store.commit([deposit]),
        isCertain,
      )
      await assert.rejects(store.commit([deposit]), isCertain)
      assert.match(logged[0]?.message ?? '', /another program has written/)
    })
  }

  test('has its log cut short and is closed: what the log lacks is not copied, and no start goes on without it', async (t) => {
    const path = join(await temporaryFolder(t), 'atm.db')
    const open = () => new SqliteStore(path, { terms: plainTerms(600_000), clock: () => 1_000_000 })
    const store = open()
    await store.commit([{ kind: 'open', account: '1', openingBalance: 0n }])
    await store.commit([deposit])
    const before = await readFile(path)
    await truncate(`${path}-wal`)
    await assert.rejects(store.commit([deposit]), isCertain)
    await store.close()
    assert.deepEqual(await readFile(path), before)
    assert.throws(open, /-wal is missing or empty/)
  })

  test('cannot write its lock file after a commit: the outcome is unknown', async (t) => {
    const disk = await mountSmallDisk(t)
    if (disk === undefined) return t.skip('this user may not mount a disk that can be filled')
    const { path, store } = await opened(t, disk)
    await writeMuch(store, `${path}-wal`, 100_000)
    const other = new DatabaseSync(path)
    other.exec('PRAGMA wal_checkpoint(RESTART)')
    other.close()
    await truncate(`${path}-lock`)
    fill(join(disk, 'filler'))
    await utimes(path, 1, 1)
    await assert.rejects(store.commit([deposit]), OutcomeUnknown)
    await rm(join(disk, 'filler'))
    assert.equal((await store.commit([deposit]))[0]?.status, 'posted')
    return undefined
  })

  const foreign = ["UPDATE accounts SET name = 'someone else' WHERE number = '1'", 'VACUUM']
  for (const statement of foreign) {
    test(`is written to by ${statement.slice(0, 6)}, and its log copied back and emptied: no answer`, async (t) => {
      const { path, store, logged } = await opened(t)
      const other = new DatabaseSync(path)
      t.after(() => other.close())
      await store.commit([deposit])
      other.exec(`${statement}; PRAGMA wal_checkpoint(TRUNCATE)`)
      await assert.rejects(store.commit([deposit]), isCertain)
      await assert.rejects(store.reads.accounts(['1']), isCertain)
      assert.match(logged[0]?.message ?? '', /another program has written/)
    })
  }

  test('has its log copied back by another program: it goes on', async (t) => {
    const { path, store, logged } = await opened(t)
    const other = new DatabaseSync(path)
    t.after(() => other.close())
    for (const mode of ['PASSIVE', 'FULL', 'RESTART', 'TRUNCATE']) {
      await store.commit([deposit])
      other.exec(`PRAGMA wal_checkpoint(${mode})`)
      await store.reads.accounts(['1'])
    }
    await store.commit([deposit])
    assert.equal((await store.reads.accounts(['1']))[0]?.balance, 25n)
    assert.deepEqual(logged, [])
  })

  test('cannot copy its log back: one warning says how large it grew, and later it is small again', async (t) => {
    const { path, store, logged } = await opened(t)
    const reader = new DatabaseSync(path, { readOnly: true })
    t.after(() => reader.close())
    for (const episode of [1, 2]) {
      reader.exec('BEGIN; SELECT count(*) FROM postings')
      reader.prepare('SELECT count(*) FROM postings').get()
      await writeMuch(store, `${path}-wal`, 18 * 1_024 * 1_024)
      assert.equal(logged.length, episode, 'one warning in each episode')
      assert.equal(logged.at(-1)?.level, 'warn')
      assert.match(JSON.stringify(logged.at(-1)?.details), /"logBytes":\d{8},"reason":"another process/)
      reader.exec('COMMIT')
      for (const _ of [1, 2, 3]) await store.commit([deposit])
      assert.ok((await stat(`${path}-wal`)).size <= 16 * 1_024 * 1_024)
    }
  })
})

/** Until the log has that size. */
async function writeMuch(store: SqliteStore, log: string, bytes: number): Promise<void> {
  for (let commit = 0; (await stat(log)).size < bytes; commit += 1) {
    assert.ok(commit < 1_000, 'the log grows')
    await store.commit(
      Array.from({ length: 500 }, () => ({
        kind: 'open',
        account: `${Math.trunc(Math.random() * 1e12)}`,
        openingBalance: 1n,
      })),
    )
  }
}
