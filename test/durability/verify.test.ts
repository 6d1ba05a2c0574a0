import assert from 'node:assert/strict'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import { balanceIn, Client } from '../support/client.ts'
import { inParallel, randomOperation, startLoad } from '../support/load.ts'
import { type Exit, run, startService, temporaryFolder } from '../support/service.ts'

function verify(file: string): Promise<Exit> {
  return run('src/verify.ts', ['--store', `sqlite:${file}`])
}

/** Each would cheat somebody of money or of the truth, and none breaks a rule that the file itself knows. */
const damages = [
  {
    what: 'a balance',
    sql: "UPDATE accounts SET balance = balance + 1 WHERE number = '1001'",
    named: /1001/,
  },
  {
    what: 'a balance, and cash with it so that the sum is zero still',
    sql: `UPDATE accounts SET balance = balance + 1 WHERE number = '1001';
          UPDATE accounts SET balance = balance - 1 WHERE id = (SELECT min(id) FROM accounts WHERE number IS NULL)`,
    named: /1001/,
  },
  {
    what: 'the amount of a posting',
    sql: 'UPDATE postings SET amount = amount + 1 WHERE id = 50',
    named: /posting 50\b/,
  },
  {
    what: 'a running balance',
    sql: 'UPDATE postings SET credit_balance = credit_balance + 1 WHERE id = 50',
    named: /posting 50\b/,
  },
  { what: 'a posting, which is gone', sql: 'DELETE FROM postings WHERE id = 50', named: /posting|history/ },
  {
    what: 'the newest posting, which is gone',
    sql: 'DELETE FROM postings WHERE id = (SELECT max(id) FROM postings)',
    named: /account/,
  },
  {
    what: 'the account that a posting credits',
    sql: `UPDATE postings SET credit_account_id = (SELECT id FROM accounts WHERE number = '9999') WHERE id = 50`,
    named: /posting 50\b/,
  },
  {
    what: 'the order of two postings in time',
    sql: 'UPDATE postings SET at_ms = at_ms - 86400000 WHERE id = 50',
    named: /posting 50\b/,
  },
  {
    what: 'the posting that an idempotency record points at',
    sql: 'UPDATE idempotency_keys SET posting_id = posting_id + 1 WHERE id = 20',
    named: /record 20\b/,
  },
  {
    what: 'the posting that an idempotency record points at, to one that is not there',
    sql: 'UPDATE idempotency_keys SET posting_id = 999999 WHERE id = 20',
    named: /record 20\b.*999999/,
  },
  {
    what: 'what an idempotency record was asked for',
    sql: "UPDATE idempotency_keys SET fingerprint = x'0000000000000000' WHERE id = 20",
    named: /record 20\b/,
  },
  {
    what: 'the list of an account, which has lost a page',
    sql: "DELETE FROM history_pages WHERE account_id = (SELECT id FROM accounts WHERE number = '1002')",
    named: /history of account 1002/,
  },
  { what: 'an account, which is gone', sql: "DELETE FROM accounts WHERE number = '1002'", named: /account/ },
]

describe('verify', () => {
  let file = ''
  const cleanups: (() => Promise<void>)[] = []

  before(async () => {
    file = join(await temporaryFolder({ after: (hook) => cleanups.push(hook) }), 'atm.db')
    const service = await startService(['--store', `sqlite:${file}`])
    const client = new Client(service.url)
    await inParallel(Array.from({ length: 120 }), 4, async (_, index) => {
      balanceIn(
        await client.operate(
          'deposit',
          index % 2 === 0 ? '1001' : '1002',
          `"${index + 1}.00"`,
          `key-${index}`,
        ),
      )
    })
    client.close()
    assert.equal((await service.stop()).code, 0)
  })
  after(() => Promise.all(cleanups.map((cleanup) => cleanup())))

  test('finds the books of a healthy store in order, and counts them', async () => {
    const exit = await verify(file)
    assert.equal(exit.code, 0, exit.stdout + exit.stderr)
    assert.match(exit.stdout, /^OK\b.*\b122 postings.*\b120 idempotency records/)
    assert.equal(exit.stderr, '')
  })

  for (const [index, { what, sql, named }] of damages.entries()) {
    test(`finds ${what} changed`, async () => {
      const damaged = `${file}-${index}`
      await copyFile(file, damaged)
      const database = new DatabaseSync(damaged, { enableForeignKeyConstraints: false })
      database.exec(sql)
      database.close()
      const exit = await verify(damaged)
      assert.equal(exit.code, 1, exit.stdout)
      assert.match(exit.stdout, named)
      assert.doesNotMatch(exit.stdout, /\bOK\b/)
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
      const exit = await verify(busy)
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
