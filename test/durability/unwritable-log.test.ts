import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { balanceIn, Client } from '../support/client.ts'
import { inParallel } from '../support/load.ts'
import { projectRoot, startService, temporaryFolder } from '../support/service.ts'
import { fill, mountSmallDisk } from '../support/small-disk.ts'

/** With lines of some 350 bytes, more than may wait to be written. */
const MANY_REQUESTS = 4_000

const BOUND_MS = 10_000

async function sendMany(client: Client): Promise<void> {
  const numbers = Array.from({ length: MANY_REQUESTS }, (_, index) => index)
  const headers = { 'X-Request-Id': 'x'.repeat(128) }
  const answers = await inParallel(numbers, 64, () =>
    client.send('GET', '/accounts/1001/balance', { headers }),
  )
  assert.ok(answers.every(({ status }) => status === 200))
}

/** Reads the file until the pattern is in it. */
async function untilFound(file: string, pattern: RegExp): Promise<string> {
  for (const deadlineMs = performance.now() + BOUND_MS; ; await pause(20)) {
    const found = pattern.exec(await readFile(file, 'utf8'))?.[1]
    if (found !== undefined) return found
    assert.ok(performance.now() < deadlineMs, `${pattern} is not in the log`)
  }
}

describe('a log that cannot be written', { timeout: 60_000 }, () => {
  test('as its disk is full: the service works on, and counts the lines that are missing', async (t) => {
    const disk = await mountSmallDisk(t)
    if (disk === undefined) return t.skip('this user may not mount a disk that can be filled')
    const [log, filler] = [join(disk, 'log'), join(disk, 'filler')]
    const store = `sqlite:${join(await temporaryFolder(t), 'atm.db')}`
    const output = openSync(log, 'a')
    const service = spawn(
      process.execPath,
      [join(projectRoot, 'src', 'main.ts'), '--port', '0', '--store', store],
      { stdio: ['ignore', output, 'inherit'] },
    )
    closeSync(output)
    t.after(() => service.kill('SIGKILL'))
    const client = new Client(await untilFound(log, /"url":"(http:[^"]+)"/))
    t.after(() => client.close())

    fill(filler)
    await sendMany(client)
    assert.equal(balanceIn(await client.operate('deposit', '9999', '"1.00"')), '1.00')
    assert.equal((await client.get('/healthz')).status, 200)
    await rm(filler)
    const dropped = Number(await untilFound(log, /"droppedLines":(\d+)/))
    service.kill('SIGTERM')
    assert.deepEqual(await once(service, 'exit'), [0, null])
    const lines = (await readFile(log, 'utf8')).trimEnd().split('\n')
    for (const line of lines) JSON.parse(line)
    const requests = lines.filter((line) => line.includes('"requestId"'))
    assert.equal(requests.length + dropped, MANY_REQUESTS + 2)
    assert.match(lines.at(-1) ?? '', /the service has stopped/)
    return undefined
  })

  test('as nobody reads it: the service works on, and ends in time', async (t) => {
    const service = await startService()
    t.after(() => service.stop('SIGKILL'))
    const client = new Client(service.url)
    t.after(() => client.close())
    service.process.stdout?.pause()
    await sendMany(client)
    assert.equal((await client.get('/healthz')).status, 200)
    const ended = once(service.process, 'exit', { signal: AbortSignal.timeout(BOUND_MS) })
    service.process.kill('SIGTERM')
    assert.deepEqual(await ended, [0, null])
    service.process.stdout?.resume()
  })
})
