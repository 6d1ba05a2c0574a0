import assert from 'node:assert/strict'
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { balanceIn, Client } from '../support/client.ts'
import { run, startService, temporaryFolder } from '../support/service.ts'

const oneLine = /^[^\n]+\n$/

describe('the file of a store', () => {
  test('is made with every directory above it that is missing', async (t) => {
    const file = join(await temporaryFolder(t), 'a', 'b', 'atm.db')
    const service = await startService(['--store', `sqlite:${file}`])
    t.after(() => service.stop('SIGKILL'))
    assert.ok((await stat(file)).isFile())
  })

  test('is data/atm.db in the working directory when nothing else is said', async (t) => {
    const folder = await temporaryFolder(t)
    const service = await startService([], {}, folder)
    t.after(() => service.stop('SIGKILL'))
    assert.ok((await stat(join(folder, 'data', 'atm.db'))).isFile())
  })

  test('is taken from ATM_STORE, and its name may have spaces and other letters', async (t) => {
    const file = join(await temporaryFolder(t), 'konto büch #1?.db')
    const service = await startService([], { ATM_STORE: `sqlite:${file}` })
    t.after(() => service.stop('SIGKILL'))
    assert.ok((await stat(file)).isFile())
  })

  test('is left alone by a service in memory', async (t) => {
    const folder = await temporaryFolder(t)
    const service = await startService(['--store', 'memory:'], {}, folder)
    t.after(() => service.stop('SIGKILL'))
    const client = new Client(service.url)
    balanceIn(await client.operate('deposit', '1001', '1'))
    client.close()
    assert.deepEqual(await readdir(folder), [])
  })

  test('is what a service in memory does without: its test accounts are as new at each start', async () => {
    for (const key of ['first', 'second']) {
      const service = await startService(['--store', 'memory:'])
      const client = new Client(service.url)
      assert.equal(balanceIn(await client.operate('withdraw', '1001', '500', key)), '0.00')
      client.close()
      await service.stop()
    }
  })

  test('in what is not a directory is refused in one line', async (t) => {
    const file = join(await temporaryFolder(t), 'file')
    await writeFile(file, '')
    const exit = await run('src/main.ts', ['--port', '0', '--store', `sqlite:${join(file, 'atm.db')}`])
    assert.equal(exit.code, 1)
    assert.match(exit.stderr, oneLine)
    assert.ok(exit.stderr.includes(file), exit.stderr)
  })

  test('in a directory that cannot be made is refused in one line', async (t) => {
    if (process.platform !== 'linux') return t.skip('/proc is needed: no one can make a directory there')
    const exit = await run('src/main.ts', ['--port', '0', '--store', 'sqlite:/proc/atm/atm.db'])
    assert.equal(exit.code, 1)
    assert.match(exit.stderr, oneLine)
    assert.ok(exit.stderr.includes('/proc/atm'), exit.stderr)
  })

  test('in a directory that cannot be written is refused in one line', async (t) => {
    if (process.getuid?.() === 0) return t.skip('root may write everywhere')
    const folder = join(await temporaryFolder(t), 'closed')
    await mkdir(folder, { mode: 0o555 })
    const exit = await run('src/main.ts', ['--port', '0', '--store', `sqlite:${join(folder, 'atm.db')}`])
    assert.equal(exit.code, 1)
    assert.match(exit.stderr, oneLine)
    assert.ok(exit.stderr.includes(folder), exit.stderr)
  })

  test('that is a directory is refused in one line', async (t) => {
    const folder = await temporaryFolder(t)
    const exit = await run('src/main.ts', ['--port', '0', '--store', `sqlite:${folder}`])
    assert.equal(exit.code, 1)
    assert.match(exit.stderr, oneLine)
    assert.ok(exit.stderr.includes(folder), exit.stderr)
  })
})
