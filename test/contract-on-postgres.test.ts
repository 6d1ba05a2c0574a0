import { globSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe } from 'node:test'
import { engine, runOnPostgres } from './support/engine.ts'
import { rounds } from './support/rounds.ts'

/** About files and `memory:` alone, or about what is refused before any store is asked. */
const onSqliteOnly = ['store-file.test.ts', 'configuration.test.ts', 'hosts.test.ts', 'origins.test.ts']

/** `npm test` runs every fourth of the suites here; on SQLite it runs them all. */
const every = rounds({ quick: 4, full: 1 })

const hooks: (() => Promise<void>)[] = []
after(() => Promise.all(hooks.map((hook) => hook())))
await runOnPostgres({ after: (hook) => hooks.push(hook) })
const folder = join(import.meta.dirname, 'contract')
const files = globSync('*.test.ts', { cwd: folder })
  .toSorted()
  .filter((file) => !onSqliteOnly.includes(file))
  .filter((_, index) => index % every === 0)

await describe(`the contract on ${engine().name} ${engine().version}`, async () => {
  for (const file of files) await import(join(folder, file))
})
