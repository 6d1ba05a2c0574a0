import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

/** The whole gate: the name of each step with the npm scripts that make it up, cheapest first. */
const steps: ReadonlyMap<string, readonly string[]> = new Map([
  ['types', ['typecheck']],
  ['lint', ['lint']],
  ['format', ['format:check']],
  ['openapi', ['openapi -- --check', 'lint:openapi']],
  ['browser', ['test:browser']],
  ['production', ['test:production']],
  ['tests', ['test:full']],
])

function passes(script: string): boolean {
  const { status } = spawnSync('npm', ['run', '--silent', ...script.split(' ')], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return status === 0
}

function runStep(name: string, scripts: readonly string[]): void {
  console.log(`\n== ${name}`)
  const startedMs = performance.now()
  const failed = scripts.find((script) => !passes(script))
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  if (failed !== undefined) {
    console.error(`== ${name} failed after ${seconds} s: repeat it with "npm run ${failed}"`)
    process.exit(1)
  }
  console.log(`== ${name} passed in ${seconds} s`)
}

const { values } = parseArgs({ options: { except: { type: 'string', multiple: true, default: [] } } })
for (const name of values.except) {
  if (!steps.has(name)) throw new Error(`--except knows ${[...steps.keys()].join(', ')}, not ${name}`)
}
for (const [name, scripts] of steps) {
  if (!values.except.includes(name)) runStep(name, scripts)
}
