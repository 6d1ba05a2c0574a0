import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { projectRoot, startService, temporaryFolder } from '../support/service.ts'

const run = promisify(execFile)

/** Makes the client. It needs the compiler as a library, which its newest version is not. */
const generator = `
import { registerHooks } from 'node:module'
registerHooks({
  resolve: (name, context, next) => next(name === 'typescript' ? '@typescript/typescript6' : name, context),
})
const { createClient } = await import('@hey-api/openapi-ts')
await createClient({
  input: 'openapi.json',
  output: { path: process.argv[1] + '/client', importFileExtension: '.ts' },
  plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
  logs: { level: 'silent', file: false },
})
`

/** What somebody writes who has the document alone. Each of the narrowings must compile. */
const program = `
import { deposit, getTransaction, listTransactions, placeHold, reverse, withdraw } from './client/index.ts'
import { client } from './client/client.gen.ts'
import type { Problem, Reversal } from './client/index.ts'

client.setConfig({ baseUrl: process.argv[2], throwOnError: false })
const path = { account_number: '1001' }

const balance = (await deposit({ path, body: { amount: '10.00' }, headers: { 'Idempotency-Key': 'one' } })).data
const hold = (await placeHold({ path, body: { amount: 25, expires_in: 60 }, headers: { 'Idempotency-Key': 'two' } })).data
const reversal = (await reverse({ body: { idempotency_key: 'one' } })).data
const released = (await reverse({ body: { idempotency_key: 'two' } })).data
const closed = (await reverse({ body: { idempotency_key: 'three' } })).data
const page = await listTransactions({ path, query: { limit: 1, type: ['deposit', 'reversal_out'] } })
const declined = await withdraw({ path, body: { amount: '9999.00' }, headers: { Accept: 'application/problem+json' } })

function outcomeOf(reversal: Reversal | undefined): string | undefined {
  switch (reversal?.status) {
    case undefined: return undefined
    case 'reversed': return reversal.transaction.amount
    case 'released': return reversal.hold.status
    case 'key_closed': return reversal.key_closed_until
  }
}

async function originalOf(id: string): Promise<string | null | undefined> {
  const transaction = (await getTransaction({ path: { id } })).data
  if (transaction?.type === 'reversal_out' || transaction?.type === 'reversal_in') {
    const original: string = transaction.reverses
    return original
  }
  return null
}

// The generator knows one form of errors; the other is the one that was accepted.
function isProblem(error: object | undefined): error is Problem {
  return error !== undefined && 'code' in error
}
const code: 'insufficient_funds' | undefined =
  isProblem(declined.error) && declined.error.code === 'insufficient_funds' ? declined.error.code : undefined

console.log(JSON.stringify({
  balance: balance?.balance,
  hold: hold?.status,
  reversed: outcomeOf(reversal),
  original: reversal?.status === 'reversed' ? await originalOf(reversal.transaction.id) : undefined,
  released: outcomeOf(released),
  closed: typeof outcomeOf(closed),
  page: page.data?.transactions.map(({ type, amount }) => type + ' ' + amount),
  link: page.response?.headers.get('link')?.includes('type=deposit%2Creversal_out&'),
  code,
}))
`

const options = {
  compilerOptions: {
    target: 'esnext',
    lib: ['esnext', 'dom', 'dom.iterable'],
    module: 'nodenext',
    types: ['node'],
    typeRoots: [join(projectRoot, 'node_modules', '@types')],
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  },
  files: ['program.ts'],
}

test('a client generated from the document compiles, and speaks with the service', async (t) => {
  const folder = await temporaryFolder(t)
  await run(process.execPath, ['--input-type=module', '-e', generator, folder], { cwd: projectRoot })
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(options))
  await writeFile(join(folder, 'program.ts'), program)
  const compiler = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc')
  await run(process.execPath, [compiler, '-p', folder]).catch((error: unknown) => {
    assert.fail(error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error))
  })

  const service = await startService(['--store', 'memory:'])
  t.after(() => service.stop())
  const { stdout } = await run(process.execPath, [join(folder, 'program.ts'), service.url])
  const said: unknown = JSON.parse(stdout)
  assert.deepEqual(said, {
    balance: '510.00',
    hold: 'open',
    reversed: '10.00',
    original: '3',
    released: 'released',
    closed: 'string',
    page: ['deposit 10.00'],
    link: true,
    code: 'insufficient_funds',
  })
})
