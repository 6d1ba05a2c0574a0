import assert from 'node:assert/strict'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import { plainTerms } from '../../src/ledger/terms.ts'
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import { verifySqlite } from '../../src/storage/sqlite/verify-sqlite.ts'
import { assertInOrder, fillWithLinks, linkDamages } from '../support/link-damages.ts'
import { temporaryFolder } from '../support/service.ts'

const PAGE_BYTES = 4_096

/** The page of the file on which the index begins, counted from 1. */
function pageOf(file: string, index: string): number {
  const database = new DatabaseSync(file, { readOnly: true })
  const row = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(index)
  database.close()
  return Number(row?.['rootpage'])
}

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

  for (const index of ['sqlite_autoindex_accounts_1', 'reversals', 'open_holds']) {
    test(`finds that an entry of the index ${index} leads to another row`, async () => {
      const damaged = `${file}-${index}`
      const bytes = await readFile(file)
      // The first entry stands at the end of the page, and the row that it leads to at the end of the entry.
      const place = pageOf(file, index) * PAGE_BYTES - 1
      bytes.writeUInt8(bytes.readUInt8(place) ^ 2, place)
      await writeFile(damaged, bytes)
      assert.match((await verifySqlite(damaged)).firstDifferences.join('\n'), new RegExp(`damaged.*${index}`))
    })
  }
})
