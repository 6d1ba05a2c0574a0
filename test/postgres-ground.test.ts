import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { isRunning } from './support/postgres-processes.ts'
import { projectRoot } from './support/service.ts'

/** Starts a server, tells where, and then waits to be killed. */
const program = `
  import { Cluster } from './test/support/postgres-cluster.ts'
  const cluster = await Cluster.create()
  await cluster.start()
  console.log(cluster.folder)
  setInterval(() => {}, 1000)`

test('a server of the tests ends, and leaves nothing behind, when the test run is killed', async () => {
  const run = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line]: unknown[] = await once(createInterface(run.stdout), 'line')
  const folder = String(line)
  const lockFiles = readdirSync(folder).map((name) => join(folder, name, 'postmaster.pid'))
  const server = Number(readFileSync(lockFiles.find(existsSync) ?? '', 'utf8').split('\n')[0])
  assert.ok(isRunning(server))
  run.kill('SIGKILL')
  await once(run, 'exit')
  const deadline = performance.now() + 10_000
  while (isRunning(server) || existsSync(folder)) {
    assert.ok(performance.now() < deadline, `process ${server} or ${folder} is still there`)
    await pause(20)
  }
})
