import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { ROUNDS_VARIABLE } from '../test/support/rounds.ts'
import { testFiles } from './test-files.ts'

/** `npm test`: every kind of test, a few rounds each. `npm run test:full`: all rounds, and how much of src they reach. */
const { values, positionals } = parseArgs({
  options: { full: { type: 'boolean', default: false } },
  allowPositionals: true,
})

const COVERAGE = [
  '--experimental-test-coverage',
  '--test-coverage-include=src/**',
  '--test-coverage-lines=95',
  '--test-coverage-branches=90',
  '--test-coverage-functions=95',
]

const { status } = spawnSync(
  process.execPath,
  [
    '--test',
    '--test-reporter=./scripts/test-reporter.ts',
    '--test-concurrency=2',
    '--test-global-setup=./test/support/postgres-setup.ts',
    '--test-timeout=600000',
    ...(values.full ? COVERAGE : []),
    ...(positionals.length > 0 ? positionals : testFiles()),
  ],
  {
    env: { ...process.env, [ROUNDS_VARIABLE]: values.full ? 'full' : 'quick' },
    stdio: ['ignore', 'inherit', 'inherit'],
  },
)
process.exitCode = status ?? 1
