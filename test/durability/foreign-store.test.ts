import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { balanceIn, Client } from '../support/client.ts'
import { run, startService, temporaryFolder } from '../support/service.ts'

const programs = [
  { program: 'src/main.ts', args: ['--port', '0'] },
  { program: 'src/verify.ts', args: [] },
]

/** Neither program takes the file, and neither changes it. */
async function assertRefused(file: string, clue: RegExp): Promise<void> {
  const before = await readFile(file)
  for (const { program, args } of programs) {
    const exit = await run(program, [...args, '--store', `sqlite:${file}`])
    assert.equal(exit.code, 1, `${program}: ${exit.stdout}`)
    assert.match(exit.stderr, /^[^\n]+\n$/, program)
    assert.match(exit.stderr, clue, program)
    assert.ok(exit.stderr.includes(file), `${program} names the file: ${exit.stderr}`)
    assert.deepEqual(await readFile(file), before, `${program} leaves the file as it is`)
  }
}

describe('a file that is refused in one line', () => {
  test('is a store that a newer version wrote', async (t) => {
    const file = join(await temporaryFolder(t), 'atm.db')
    const service = await startService(['--store', `sqlite:${file}`])
    const client = new Client(service.url)
    balanceIn(await client.operate('deposit', '9999', '"1.00"'))
    client.close()
    await service.stop()
    const database = new DatabaseSync(file)
    database.exec('PRAGMA user_version = 999')
    database.close()
    await assertRefused(file, /newer/)
  })

  test('is text', async (t) => {
    const file = join(await temporaryFolder(t), 'atm.db')
    await writeFile(file, 'Dear diary, today I deposited ten euros.\n'.repeat(100))
    await assertRefused(file, /not/)
  })

  test('is noise', async (t) => {
    const file = join(await temporaryFolder(t), 'atm.db')
    await writeFile(file, randomBytes(20_000))
    await assertRefused(file, /not/)
  })

  test('is the database of another program', async (t) => {
    const file = join(await temporaryFolder(t), 'atm.db')
    const database = new DatabaseSync(file)
    database.exec('CREATE TABLE recipes (name TEXT); INSERT INTO recipes VALUES (1)')
    database.close()
    await assertRefused(file, /not/)
  })
})

describe('verify', () => {
  test('makes no store where there is none, and says so in one line', async (t) => {
    const file = join(await temporaryFolder(t), 'none.db')
    const exit = await run('src/verify.ts', ['--store', `sqlite:${file}`])
    assert.equal(exit.code, 1)
    assert.match(exit.stderr, /^[^\n]+\n$/)
    await assert.rejects(readFile(file))
  })
})
