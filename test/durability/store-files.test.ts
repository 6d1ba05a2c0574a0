import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { link, mkdir, open, readdir, readFile, rm, stat, symlink, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test, type TestContext } from 'node:test'
import { plainTerms } from '../../src/ledger/terms.ts'
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import { balanceIn, Client, errorIn } from '../support/client.ts'
import { run, type Service, startService, temporaryFolder } from '../support/service.ts'

interface Started {
  readonly service: Service
  readonly client: Client
}

const oneLine = /^[^\n]+\n$/

/** A service on the file, with its client. */
async function started(t: TestContext, file: string): Promise<Started> {
  const service = await startService(['--store', `sqlite:${file}`])
  const client = new Client(service.url)
  t.after(async () => {
    client.close()
    await service.stop('SIGKILL')
  })
  return { service, client }
}

/** The same after a deposit of 1.00 to 9999. */
async function serving(t: TestContext, file: string): Promise<Started> {
  const running = await started(t, file)
  balanceIn(await running.client.operate('deposit', '9999', '"1.00"'))
  return running
}

/** The service does not start on the file, and says why in one line. */
async function assertRefused(file: string, clue: RegExp): Promise<void> {
  const exit = await run('src/main.ts', ['--port', '0', '--store', `sqlite:${file}`])
  assert.equal(exit.code, 1, exit.stdout)
  assert.match(exit.stderr, oneLine)
  assert.match(exit.stderr, clue)
}

describe('the files of a store', () => {
  test('are those behind a symbolic link: books, log and lock', async (t) => {
    const folder = await temporaryFolder(t)
    const [file, alias] = [join(folder, 'disk', 'atm.db'), join(folder, 'alias.db')]
    await mkdir(join(folder, 'disk'))
    await symlink(file, alias)
    const { service, client } = await serving(t, alias)
    await assertRefused(file, /in use/)
    await service.stop('SIGKILL')
    assert.ok((await stat(`${file}-wal`)).size > 0)
    assert.deepEqual(await readdir(folder), ['alias.db', 'disk'])
    client.close()
    const again = await serving(t, file)
    assert.equal(await again.client.balance('9999'), 200n)
  })

  test('are for their owner alone, like the folder that is made for them', async (t) => {
    const folder = join(await temporaryFolder(t), 'data')
    await serving(t, join(folder, 'atm.db'))
    assert.equal(await modeOf(folder), 0o700)
    for (const end of ['', '-wal', '-shm', '-lock'])
      assert.equal(await modeOf(join(folder, `atm.db${end}`)), 0o600, end)
  })

  test('are refused when the log of a young store was lost, and never opened as a new bank', async (t) => {
    const file = join(await temporaryFolder(t), 'atm.db')
    const { service } = await serving(t, file)
    await service.stop('SIGKILL')
    await rm(`${file}-wal`)
    await assertRefused(file, /atm\.db-wal is missing/)
    await assertRefused(file, /atm\.db-wal is missing/)
    // Whoever accepts the loss finds the accounts, though not the latest operations.
    await rm(`${file}-lock`)
    const { client } = await started(t, file)
    assert.equal(await client.balance('1001'), 50_000n)
    assert.equal((await run('src/verify.ts', ['--store', `sqlite:${file}`])).code, 0)
  })

  test('are opened when another program has copied the log back after a crash', async (t) => {
    const file = join(await temporaryFolder(t), 'atm.db')
    const { service } = await serving(t, file)
    await service.stop('SIGKILL')
    const other = new DatabaseSync(file)
    other.exec('SELECT count(*) FROM accounts')
    other.close()
    assert.equal(existsSync(`${file}-wal`), false)
    assert.equal(await (await serving(t, file)).client.balance('9999'), 200n)
  })

  test('are refused when the log is all that is left of the books', async (t) => {
    const file = join(await temporaryFolder(t), 'atm.db')
    const { service } = await serving(t, file)
    await service.stop('SIGKILL')
    const log = await readFile(`${file}-wal`)
    await truncate(file)
    await assertRefused(file, /missing or empty/)
    await rm(file)
    await assertRefused(file, /missing or empty/)
    assert.deepEqual(await readFile(`${file}-wal`), log)
    await rm(`${file}-wal`)
    await assertRefused(file, /atm\.db is missing/)
  })

  test('let no second service in when the lock file was removed, or under another name', async (t) => {
    const folder = await temporaryFolder(t)
    const [file, other] = [join(folder, 'atm.db'), join(folder, 'other.db')]
    const { client } = await serving(t, file)
    await rm(`${file}-lock`)
    await assertRefused(file, /in use/)
    await assertRefused(file, /in use/)
    await link(file, other)
    await assertRefused(other, /hard links/)
    await assertRefused(file, /hard links/)
    assert.equal(await client.balance('9999'), 100n)
    assert.equal(balanceIn(await client.operate('deposit', '9999', '"1.00"')), '2.00')
    assert.equal((await run('src/verify.ts', ['--store', `sqlite:${file}`])).code, 0)
  })

  test('that have a destroyed page are answered 503, with one line in the log', async (t) => {
    const file = join(await temporaryFolder(t), 'atm.db')
    const store = new SqliteStore(file, { terms: plainTerms(600_000), clock: () => 1_000_000 })
    await store.commit([{ kind: 'open', account: '1', openingBalance: 1n }])
    await store.commit(Array.from({ length: 900 }, () => ({ kind: 'deposit', account: '1', amount: 1n })))
    await store.close()
    await destroySecondLeaf(file)
    const { service, client } = await started(t, file)
    const lines = service.lines.length
    const answer = await client.get('/accounts/1/transactions?limit=1000')
    assert.equal(answer.status, 503, answer.text)
    assert.equal(answer.headers['retry-after'], '1')
    assert.match(errorIn(answer), /nothing has changed/)
    assert.equal(await client.balance('1'), 901n)
    // All it has logged is there once it has ended.
    await service.stop()
    const failures = service.lines.slice(lines).filter((line) => line.includes('request failed'))
    assert.equal(failures.length, 1)
  })
})

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777
}

/** Of the postings, in the order of their ids. */
async function destroySecondLeaf(file: string): Promise<void> {
  const database = new DatabaseSync(file)
  const select = "SELECT pageno FROM dbstat WHERE name = 'postings' AND pagetype = 'leaf' ORDER BY path"
  const page = Number(database.prepare(select).all()[1]?.['pageno'])
  database.close()
  const handle = await open(file, 'r+')
  await handle.write(Buffer.alloc(4_096, 0xff), 0, 4_096, (page - 1) * 4_096)
  await handle.close()
}
