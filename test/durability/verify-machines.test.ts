import assert from 'node:assert/strict'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import { plainTerms } from '../../src/ledger/terms.ts'
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import { verifySqlite } from '../../src/storage/sqlite/verify-sqlite.ts'
import { verify } from '../support/damages.ts'
import { fillWithMachines, lonelyDamages, machineDamages } from '../support/machine-damages.ts'
import { temporaryFolder } from '../support/service.ts'

describe('verify of cash machines', () => {
  let file = ''
  const cleanups: (() => Promise<void>)[] = []

  before(async () => {
    file = join(await temporaryFolder({ after: (hook) => cleanups.push(hook) }), 'atm.db')
    const store = new SqliteStore(file, { terms: plainTerms(600_000), clock: () => 1_000_000 })
    await fillWithMachines(store)
    await store.close()
  })
  after(() => Promise.all(cleanups.map((cleanup) => cleanup())))

  test('finds them in order, counts them, and says how many transactions are in doubt and how much', async () => {
    const exit = await verify(`sqlite:${file}`)
    assert.equal(exit.code, 0, exit.stdout + exit.stderr)
    assert.match(exit.stdout, /^1 cash machines, 8 transactions at them, 10 note moves; /m)
    assert.match(exit.stdout, /1 transactions of 60\.00 are in doubt, 0 have a conflict$/m)
    assert.match(exit.stdout, /^OK: /)
  })

  for (const [index, { what, sql, named }] of [...machineDamages, ...lonelyDamages].entries()) {
    test(`finds ${what} changed`, async () => {
      const damaged = `${file}-${index}`
      await copyFile(file, damaged)
      const database = new DatabaseSync(damaged, { enableForeignKeyConstraints: false })
      database.exec(sql)
      database.close()
      assert.match((await verifySqlite(damaged)).firstDifferences.join('\n'), named)
    })
  }
})
