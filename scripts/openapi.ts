import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import packageJson from '../package.json' with { type: 'json' }
import { buildServer } from '../src/http/server.ts'
import { Ledger } from '../src/service/ledger.ts'
import { plainTerms } from '../src/ledger/terms.ts'
import { openStore } from '../src/storage/open.ts'

/** `npm run openapi` writes openapi.json from the routes; with `--check` it only says whether it would change. */
const path = join(import.meta.dirname, '..', 'openapi.json')

const terms = plainTerms(600_000)
const store = await openStore('memory:', { terms, clock: Date.now })
const server = await buildServer({
  ledger: new Ledger(store, terms),
  logger: pino({ level: 'silent' }),
  version: packageJson.version,
})
const { payload } = await server.inject('/openapi.json')
await server.close()
await store.close()
const fresh = `${JSON.stringify(JSON.parse(payload), undefined, 2)}\n`

if (!process.argv.includes('--check')) {
  await writeFile(path, fresh)
} else if ((await readFile(path, 'utf8')) !== fresh) {
  console.error('openapi.json differs from the routes; run "npm run openapi" and commit it')
  process.exitCode = 1
}
