import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { plainTerms } from '../../src/ledger/terms.ts'
import type { Command } from '../../src/state-machine/commands.ts'
import { StoreUnavailable } from '../../src/storage/store.ts'
import { openPostgres, verifyPostgres } from '../../src/storage/postgres/open-postgres.ts'
import { connectTo, createDatabase, serverVersion } from '../support/postgres.ts'
import { storeConforms, type OpenStore } from './conformance.ts'
import { rounds } from '../support/rounds.ts'

describe('the PostgreSQL engine', () => {
  const cleanups: (() => Promise<void>)[] = []
  let url = ''
  let sql: ReturnType<typeof connectTo>
  before(async () => {
    url = await createDatabase({ after: (hook) => cleanups.push(hook) })
    sql = connectTo(url)
  })
  after(async () => {
    await sql.end()
    for (const cleanup of cleanups) await cleanup()
  })

  // One database, emptied for each store: hundreds of new ones would take minutes.
  const empty = `DELETE FROM postings; DELETE FROM idempotency_keys; DELETE FROM holds; DELETE FROM accounts WHERE number IS NOT NULL;
    UPDATE accounts SET balance = 0, version = 0, latest_posting_ms = 0`

  const onServer: OpenStore = async (clock, idempotencyTtlMs) => {
    const open = () => openPostgres(url, { terms: plainTerms(idempotencyTtlMs), clock: () => clock.nowMs })
    let store = await open()
    return {
      store,
      reopen: async () => {
        await store.close()
        return (store = await open())
      },
      verify: () => verifyPostgres(url),
      remove: async () => {
        await store.close()
        await sql.unsafe(empty)
      },
    }
  }

  storeConforms(onServer, rounds({ quick: 20, full: 500 }))

  test('stores no cash machines yet: it refuses their commands instead of losing them, and has none to read', async (t) => {
    const store = await openPostgres(url, { terms: plainTerms(600_000), clock: Date.now })
    t.after(() => store.close())
    const open: Command = { kind: 'open', account: '1', openingBalance: 1n }
    const change: Command = { kind: 'change_terminal', terminal: 'lobby', status: 'in_service' }
    await assert.rejects(
      store.commit([open, change]),
      new StoreUnavailable('this store does not keep cash machines yet; use the embedded one'),
    )
    assert.equal(await store.isEmpty(), true)
    assert.equal(await store.reads.atm.terminal('lobby'), undefined)
    assert.equal((await verifyPostgres(url)).atm, undefined)
  })

  test('the engine under test is a PostgreSQL server of a version that is promised', async (t) => {
    const version = await serverVersion()
    t.diagnostic(`PostgreSQL ${version}`)
    assert.ok([15, 16, 17, 18].includes(Number.parseInt(version, 10)), version)
    const [row] = await sql`SELECT count(*) AS ours FROM mini_atm_store`
    assert.equal(row?.['ours'], 1n, 'the store was opened on this server')
  })
})
