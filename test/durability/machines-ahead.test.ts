import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { latestDateOf } from '../../src/atm/stored.ts'
import { plainTerms } from '../../src/ledger/terms.ts'
import { redateSqlite } from '../../src/storage/sqlite/redate.ts'
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import { verifySqlite } from '../../src/storage/sqlite/verify-sqlite.ts'
import { CARD, reported, SESSION, TERMINAL } from '../atm/bank.ts'
import { fillWithMachines } from '../support/machine-damages.ts'
import { temporaryFolder } from '../support/service.ts'

const NOW_MS = Date.UTC(2026, 5, 1)
const YEAR_MS = 365 * 86_400_000

describe('machines that a clock has dated ahead', () => {
  test('are found at the start and by verify, and dated back by redate', async (t) => {
    const path = join(await temporaryFolder(t), 'atm.db')
    const clock = { nowMs: NOW_MS }
    const options = { terms: plainTerms(600_000), clock: () => clock.nowMs }
    const open = (): SqliteStore => new SqliteStore(path, options)
    const writing = open()
    await fillWithMachines(writing)
    // Neither a session nor a doubt makes a posting: of these, cards and journals alone bear the date.
    clock.nowMs += YEAR_MS
    await writing.commit([
      { kind: 'count_pin_try', terminal: TERMINAL, card: CARD },
      { kind: 'open_session', terminal: TERMINAL, card: CARD, pinHash: 'hash', digest: SESSION.digest },
      reported(8, 'unknown'),
    ])
    await writing.close()
    clock.nowMs = NOW_MS

    const ahead = open()
    assert.equal(await ahead.latestMs(), NOW_MS + YEAR_MS)
    await ahead.close()
    assert.match(
      (await verifySqlite(path, NOW_MS)).firstDifferences.join(),
      /^at cash machines the books end at 2027-06-01T00:00:00.000Z, 365 days from now; npm run redate/,
    )

    const redated = redateSqlite(path, 'UTC', NOW_MS)
    assert.deepEqual(redated.slice(-2), [
      { name: 'transactions at cash machines', count: 1 },
      { name: 'sessions of cards', count: 1 },
    ])
    assert.deepEqual((await verifySqlite(path, NOW_MS)).firstDifferences, [])
    const store = open()
    t.after(() => store.close())
    assert.equal(await store.latestMs(), NOW_MS)
    const found = await store.reads.atm.terminalTransaction({ terminal: TERMINAL, sequence: 8 })
    assert.equal(found && latestDateOf(found.transaction), NOW_MS)
    assert.equal((await store.reads.atm.card(CARD))?.card.session, undefined)
    // The report that was dated back is still the one that a repetition is answered with.
    const [again] = await store.commit([reported(8, 'unknown')])
    assert.deepEqual([again?.status, again?.replayed], ['answered', true])
  })
})
