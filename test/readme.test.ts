import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { Client, isRecord } from './support/client.ts'
import { projectRoot, type Service, startService, temporaryFolder } from './support/service.ts'

const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8')
const documentedAddress = /http:\/\/(?:localhost|127\.0\.0\.1):8000/g
const curlIsMissing = spawnSync('curl', ['--version'], { stdio: 'ignore' }).error !== undefined
const needsCurl = {
  skip: curlIsMissing && 'curl is not on this machine, and the examples are typed for real',
}

/** What may stand in a shell block besides npm and curl: the gate does it before these tests can run. */
const otherCommands = /^(?:git clone|cd) /

/** The commands of all shell blocks, each on one line. */
function documentedCommands(): readonly string[] {
  const blocks = [...readme.matchAll(/^```(?:bash|sh|shell)\n([^]*?)^```/gm)].map((match) => match[1] ?? '')
  return blocks
    .flatMap((block) => block.replaceAll(/\\\n\s*/g, '').split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}

/** The commands of a line such as `npm ci && npm start`. */
function parts(line: string): readonly string[] {
  return line.startsWith('curl') ? [line] : line.split('&&').map((part) => part.replace(/ #.*$/, '').trim())
}

const commands = documentedCommands().flatMap(parts)
const curls = commands.filter((command) => command.startsWith('curl '))

function scripts(): readonly string[] {
  const manifest: unknown = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))
  assert.ok(isRecord(manifest) && isRecord(manifest['scripts']))
  return Object.keys(manifest['scripts'])
}

/** Types the command into a shell, against the service given, and answers the status of the reply. */
async function type(command: string, service: Service): Promise<number> {
  const typed = command
    .replaceAll(documentedAddress, service.url)
    .replace(/^curl /, String.raw`curl --silent --show-error --write-out '\n%{http_code}' `)
  const { stdout } = await promisify(execFile)('sh', ['-c', typed])
  return Number(stdout.trimEnd().split('\n').at(-1))
}

describe('the README', () => {
  test('names only npm scripts that exist', () => {
    const named = [...readme.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)].map(
      (match) => match[1] ?? match[2] ?? '',
    )
    assert.ok(named.length > 0, 'the README says how to start and test')
    assert.deepEqual(
      named.filter((name) => !scripts().includes(name)),
      [],
    )
  })

  test('has no shell command that nothing checks', () => {
    const unchecked = commands.filter(
      (command) =>
        !/^(?:[A-Z_]+=\S* )*npm (?:ci|start|test|run [\w:-]+)(?: |$)/.test(command) &&
        !command.startsWith('curl ') &&
        !otherCommands.test(command),
    )
    assert.deepEqual(unchecked, [], 'use npm or curl, or say in otherCommands why this may stand unchecked')
    for (const command of ['npm ci', 'npm start', 'npm test']) {
      assert.ok(commands.includes(command), `the README shows "${command}" in a shell block`)
    }
  })

  test('shows curl commands that succeed as they are typed', needsCurl, async (t) => {
    const service = await startService(['--store', 'memory:'])
    t.after(() => service.stop())
    assert.ok(curls.length > 0, 'the README shows how to call the service')
    for (const command of curls) {
      assert.ok(command.search(documentedAddress) > 0, `where "npm start" puts the service: ${command}`)
      assert.ok([200, 201].includes(await type(command, service)), command)
    }
  })

  test(
    'shows a deposit with a key that posts once, typed twice and after a restart again',
    needsCurl,
    async (t) => {
      const deposit = curls.find(
        (command) => /idempotency-key/i.test(command) && command.includes('/accounts/1001/deposit'),
      )
      assert.ok(deposit !== undefined, 'the README shows a deposit into 1001 with an Idempotency-Key')
      const folder = await temporaryFolder(t)
      const open = (): Promise<Service> => startService(['--store', `sqlite:${join(folder, 'atm.db')}`])

      const first = await open()
      assert.equal(await type(deposit, first), 200)
      assert.equal(await type(deposit, first), 200)
      assert.equal((await first.stop()).code, 0)
      const second = await open()
      t.after(() => second.stop())
      assert.equal(await type(deposit, second), 200)

      const client = new Client(second.url)
      assert.equal(await client.balance('1001'), 510_00n)
      const history: unknown = JSON.parse((await client.get('/accounts/1001/transactions')).text)
      assert.ok(isRecord(history) && Array.isArray(history['transactions']))
      assert.equal(history['transactions'].length, 1)
      client.close()
    },
  )
})
