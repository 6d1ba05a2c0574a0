import assert from 'node:assert/strict'
import { closeSync, existsSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { pino } from 'pino'
import { buildServer } from '../../src/http/server.ts'
import type { Deposit } from '../../src/ledger/commands/deposit.ts'
import { Ledger } from '../../src/service/ledger.ts'
import { OutcomeUnknown, StoreUnavailable } from '../../src/storage/store.ts'
import { plainTerms } from '../../src/ledger/terms.ts'
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import { verifySqlite } from '../../src/storage/sqlite/verify-sqlite.ts'
import { temporaryFolder } from '../support/service.ts'

const OPEN_FILES = '/proc/self/fd'
const options = { terms: plainTerms(600_000), clock: () => 1_000_000 }
const deposit: Deposit = { kind: 'deposit', account: '1', amount: 5n, idempotencyKey: 'k' }

describe('a disk that does not confirm a write', () => {
  const skip = existsSync(OPEN_FILES) ? false : 'this system does not tell which files are open'

  test('ends the taking of commands, and a retry after a restart tells the outcome', { skip }, async (t) => {
    const path = join(await temporaryFolder(t), 'atm.db')
    const store = new SqliteStore(path, options)
    await store.commit([{ kind: 'open', account: '1', openingBalance: 0n }])
    loseTheLog(path)

    const ledger = new Ledger(store, options.terms)
    await assert.rejects(ledger.submit(deposit), OutcomeUnknown)
    const server = await buildServer({ ledger, logger: pino({ level: 'silent' }), version: '1' })
    t.after(() => server.close())
    const health = await server.inject('/healthz')
    assert.equal(health.statusCode, 503)
    assert.match(health.body, /no writes are taken now: the disk (?:did not confirm|has failed)/)
    await assert.rejects(store.probe(), isCertain)
    await assert.rejects(store.commit([{ ...deposit, idempotencyKey: 'later' }]), isCertain)
    await assert.rejects(store.reads.accounts(['1']), isCertain)
    await assert.rejects(store.reads.history(9, 0, 10), isCertain)
    await assert.rejects(store.close(), { code: 'EBADF' })

    const again = new SqliteStore(path, options)
    t.after(() => again.close())
    const [retried] = await again.commit([deposit])
    assert.equal(retried?.status, 'posted')
    assert.equal((await again.reads.accounts(['1']))[0]?.balance, 5n)
    assert.deepEqual((await verifySqlite(path)).firstDifferences, [])
  })
})

function isCertain(error: unknown): boolean {
  return error instanceof StoreUnavailable && !(error instanceof OutcomeUnknown)
}

/** Closes the file that is synced under the engine's hands, which is the one opened last, so that its syncs fail. */
function loseTheLog(path: string): void {
  const descriptors = readdirSync(OPEN_FILES)
    .map(Number)
    .filter((descriptor) => targetOf(descriptor) === `${path}-wal`)
  assert.equal(descriptors.length, 2, 'SQLite and the engine have the log open')
  closeSync(Math.max(...descriptors))
}

function targetOf(descriptor: number): string | undefined {
  try {
    return readlinkSync(join(OPEN_FILES, String(descriptor)))
  } catch {
    return undefined
  }
}
