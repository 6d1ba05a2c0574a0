import assert from 'node:assert/strict'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import { Client } from '../support/client.ts'
import {
  assertHealthy,
  assertNamed,
  type Damage,
  damages,
  fillBooks,
  type Target,
  verify,
} from '../support/damages.ts'
import { randomOperation, startLoad } from '../support/load.ts'
import { startService, temporaryFolder } from '../support/service.ts'

const target: Target = { postingId: 50, record: 'id = 20', otherBytes: "x'0000000000000000'" }

/** What this engine alone keeps: the lists of the accounts' postings, and checksums of what follows from no posting. */
const ownDamages: readonly Damage[] = [
  {
    what: 'the list of an account, which has lost a page',
    sql: () => "DELETE FROM history_pages WHERE account_id = (SELECT id FROM accounts WHERE number = '1002')",
    named: () => /history of account 1002/,
  },
  {
    what: 'the list of an account by one bit, which a checksum of 32 bits does not see,',
    sql: () => "UPDATE history_pages SET postings = CAST(x'0001' || substr(postings, 3) AS BLOB)",
    named: () => /history of account 1001 lists posting \d{10} in place 1/,
  },
  {
    what: 'the list of an account, in which one posting is there for another,',
    sql: () =>
      'UPDATE history_pages SET postings = CAST(substr(postings, 7, 6) || substr(postings, 7) AS BLOB)',
    named: () => /history of account 1001 lists posting \d+ in place 2/,
  },
  {
    what: 'where a page of a list is found',
    sql: () => 'UPDATE history_pages SET last_posting_id = last_posting_id - 1',
    named: () => /the page of a history up to posting \d+ of account 9 is not where it belongs/,
  },
  {
    what: 'the latest posting that an account says it knows',
    sql: () => "UPDATE accounts SET latest_posting_id = latest_posting_id + 256 WHERE number = '1001'",
    named: () => /account 1001 says that its latest posting is \d+/,
  },
  {
    what: 'the limit of an account',
    sql: () => "UPDATE accounts SET overdraft_limit = 100 WHERE number = '1001'",
    named: () => /row 9 of accounts is not as it was written/,
  },
  {
    what: 'the reference of a posting',
    sql: ({ postingId }) => `UPDATE postings SET reference = 'rent' WHERE id = ${postingId}`,
    named: ({ postingId }) => new RegExp(`row ${postingId} of postings is not as it was written`),
  },
  {
    what: 'the key of an idempotency record',
    sql: ({ record }) => `UPDATE idempotency_keys SET digest = zeroblob(16) WHERE ${record}`,
    named: () => /row 20 of idempotency_keys is not as it was written/,
  },
]

describe('verify', () => {
  let file = ''
  const cleanups: (() => Promise<void>)[] = []

  before(async () => {
    file = join(await temporaryFolder({ after: (hook) => cleanups.push(hook) }), 'atm.db')
    await fillBooks(`sqlite:${file}`)
  })
  after(() => Promise.all(cleanups.map((cleanup) => cleanup())))

  test('finds the books of a healthy store in order, and counts them', () => assertHealthy(`sqlite:${file}`))

  for (const [index, { what, sql, named }] of [...damages, ...ownDamages].entries()) {
    test(`finds ${what} changed`, async () => {
      const damaged = `${file}-${index}`
      await copyFile(file, damaged)
      const database = new DatabaseSync(damaged, { enableForeignKeyConstraints: false })
      database.exec(sql(target))
      database.close()
      await assertNamed(`sqlite:${damaged}`, named(target))
    })
  }

  test('may be run again and again while the service is under load', { timeout: 60_000 }, async (t) => {
    const busy = join(await temporaryFolder(t), 'atm.db')
    const service = await startService(['--store', `sqlite:${busy}`])
    t.after(() => service.stop('SIGKILL'))
    const client = new Client(service.url)
    const load = startLoad(client, 32, () => randomOperation(['1001', '1002', '9999']))
    await load.reached(200)
    for (let time = 0; time < 5; time += 1) {
      const exit = await verify(`sqlite:${busy}`)
      assert.equal(exit.code, 0, exit.stdout + exit.stderr)
      assert.match(exit.stdout, /^OK\b/)
    }
    load.stop()
    await load.finished
    client.close()
    assert.deepEqual(load.result.unanswered, [])
    assert.ok(load.result.answered.every(({ answer }) => answer.status === 200 || answer.status === 400))
  })
})
