import { spawnSync } from 'node:child_process'
import { findChromium, installChromium } from './chromium.ts'

const chromium = findChromium() ?? installChromium()
if (chromium === undefined) {
  console.error(
    'The browser test needs Chromium or Chrome on the PATH: on Debian or Ubuntu, "sudo apt-get install chromium".',
  )
  process.exit(1)
}

const { status } = spawnSync(
  process.execPath,
  ['--test', '--test-reporter=spec', '--test-timeout=300000', 'test/browser/*.test.ts'],
  { env: { ...process.env, ATM_TEST_CHROMIUM: chromium }, stdio: ['ignore', 'inherit', 'inherit'] },
)
process.exitCode = status ?? 1
