import assert from 'node:assert/strict'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import { plainTerms } from '../../src/ledger/terms.ts'
import { SqliteStore } from '../../src/stores/sqlite/store.ts'
import { verifySqlite } from '../../src/stores/sqlite/verify.ts'
import { assertInOrder, fillWithLinks, linkDamages } from '../support/link-damages.ts'
import { temporaryFolder } from '../support/service.ts'

describe('verify of books with holds and reversals', () => {
  let file = ''
  const cleanups: (() => Promise<void>)[] = []

  before(async () => {
    file = join(await temporaryFolder({ after: (hook) => cleanups.push(hook) }), 'atm.db')
    const store = new SqliteStore(file, { terms: plainTerms(600_000), clock: () => 1_000_000 })
    await fillWithLinks(store)
    await store.close()
  })
  after(() => Promise.all(cleanups.map((cleanup) => cleanup())))

  test('finds them in order, and counts them', async () => assertInOrder(await verifySqlite(file)))

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
