import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFile, mkdir, open, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { plainTerms } from '../../src/ledger/terms.ts'
import { StoreOpenError } from '../../src/storage/store.ts'
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import { temporaryFolder } from '../support/service.ts'

const execute = promisify(execFile)

const FRAME_BYTES = 24 + 4_096

function openStore(path: string): { readonly store: SqliteStore; readonly warnings: string[] } {
  const warnings: string[] = []
  const log = {
    warn: (details: object, message: string) => void warnings.push(message + JSON.stringify(details)),
    fatal: () => undefined,
  }
  return {
    store: new SqliteStore(path, { terms: plainTerms(600_000), clock: () => 1_000_000, log }),
    warnings,
  }
}

/** The files of a store with 20 deposits of 1, as a crash leaves them. */
async function crashed(t: TestContext): Promise<string> {
  const folder = await temporaryFolder(t)
  const [first, path] = [join(folder, 'first.db'), join(folder, 'atm.db')]
  const { store } = openStore(first)
  await store.commit([{ kind: 'open', account: '1', openingBalance: 0n }])
  for (let round = 0; round < 20; round += 1)
    await store.commit([{ kind: 'deposit', account: '1', amount: 1n }])
  for (const end of ['', '-wal', '-lock']) await copyFile(`${first}${end}`, `${path}${end}`)
  await store.close()
  return path
}

/** Writes over a few bytes; a negative offset counts from the end. */
async function spoil(path: string, offset: number, bytes = Buffer.alloc(8, 0x5a)): Promise<void> {
  const file = await open(path, 'r+')
  await file.write(bytes, 0, bytes.length, offset)
  await file.close()
}

/** Where the frames of the log end: behind them may be older ones, which have other salts than its header. */
async function endOfFrames(path: string): Promise<number> {
  const log = await readFile(path)
  let end = 32
  while (log.subarray(end + 8, end + 16).equals(log.subarray(16, 24))) end += FRAME_BYTES
  return end
}

function assertRefused(path: string, clue: RegExp): void {
  assert.throws(
    () => openStore(path),
    (error) => error instanceof StoreOpenError && clue.test(error.message) && !/\n/.test(error.message),
  )
}

describe('a store whose log is damaged', () => {
  const damages: Readonly<Record<string, (log: string) => Promise<void>>> = {
    'at its beginning': (log) => spoil(log, 5),
    'as its beginning is a hole': (log) => spoil(log, 0, Buffer.alloc(32 + 5 * FRAME_BYTES)),
    'in the middle': (log) => spoil(log, 32 + 12 * FRAME_BYTES + 100),
  }
  for (const [where, damage] of Object.entries(damages)) {
    test(`${where} is refused and left as it is, until the loss is accepted`, async (t) => {
      const path = await crashed(t)
      await damage(`${path}-wal`)
      const before = await readFile(`${path}-wal`)
      assertRefused(path, /atm\.db-wal (cannot be read|has \d+ commits .* cannot be read).*restore a backup/)
      assertRefused(path, /remove .*atm\.db-lock/)
      assert.deepEqual(await readFile(`${path}-wal`), before)
      await rm(`${path}-lock`)
      const { store, warnings } = openStore(path)
      t.after(() => store.close())
      assert.equal(warnings.length, 1)
      assert.ok(((await store.reads.accounts(['1']))[0]?.balance ?? 0n) < 20n)
    })
  }

  test('in its last commit alone starts without it, as after a loss of power, and warns', async (t) => {
    const path = await crashed(t)
    await spoil(`${path}-wal`, (await endOfFrames(`${path}-wal`)) - 100)
    const { store, warnings } = openStore(path)
    t.after(() => store.close())
    assert.match(warnings.join('\n'), /has 1 commits at its end/)
    assert.equal((await store.reads.accounts(['1']))[0]?.balance, 19n)
  })
})

describe('the path of a store', () => {
  test('that is mounted as a single file is refused: another log would be beside it', async (t) => {
    const path = await crashed(t)
    const mounted = join(await temporaryFolder(t), 'atm.db')
    await writeFile(mounted, '')
    try {
      await execute('mount', ['--bind', path, mounted])
    } catch {
      return t.skip('this user may not mount a file')
    }
    try {
      assertRefused(mounted, /mounted as a single file/)
    } finally {
      await execute('umount', [mounted])
    }
    return undefined
  })

  test('that is a link to a database which was moved away from its log is refused', async (t) => {
    const path = await crashed(t)
    await rename(path, `${path}.moved`)
    await symlink(`${path}.moved`, path)
    assertRefused(path, /leads to .*atm\.db\.moved, but .*atm\.db-wal may have operations/)
  })

  test('that is a folder, a link to itself, or beside a lock file of noise is called that', async (t) => {
    const folder = await temporaryFolder(t)
    await mkdir(join(folder, 'folder.db'))
    assertRefused(join(folder, 'folder.db'), /is a folder/)
    await symlink(join(folder, 'circle.db'), join(folder, 'circle.db'))
    assertRefused(join(folder, 'circle.db'), /too many symbolic links/)
    await writeFile(join(folder, 'atm.db-lock'), 'noise '.repeat(1_000))
    assertRefused(join(folder, 'atm.db'), /lock file .*atm\.db-lock/)
  })
})
