import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Does what the README says of a deployment: a clone, an install without dev dependencies, a start on all addresses. */
const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'mini-atm-production-'))

try {
  execFileSync('git', ['clone', '--quiet', root, folder])
  execFileSync('npm', ['ci', '--omit=dev'], { cwd: folder, stdio: 'ignore' })
  const service = spawn('npm', ['start'], {
    cwd: folder,
    env: {
      ...process.env,
      HOST: '0.0.0.0',
      PORT: '0',
      ATM_STORE: `sqlite:${join(folder, 'books', 'atm.db')}`,
    },
    // A group of its own, so that the service is told to stop and not only the npm that started it.
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await urlFrom(service.stdout)
  const health = await fetch(`${url}/healthz`)
  assert.equal(health.status, 200)
  console.log(`a production install answers: ${await health.text()}`)
  assert.ok(service.pid !== undefined)
  process.kill(-service.pid, 'SIGTERM')
  await once(service, 'exit')
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function urlFrom(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface(output)) {
    const url = /"url":"(http:[^"]+)"/.exec(line)?.[1]
    if (url !== undefined) return url
  }
  throw new Error('the service ended before it listened')
}
