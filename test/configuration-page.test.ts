import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { readConfig } from '../src/config/config.ts'
import { ConfigError } from '../src/config/settings.ts'
import { isStoreUrl, STORE_FORMS } from '../src/storage/open.ts'
import { projectRoot } from './support/service.ts'

const page = readFileSync(join(projectRoot, 'docs/configuration.md'), 'utf8')
const rows = [...page.matchAll(/^\| `--([\w-]+)` +\| `(\w+)` +\|/gm)].map(([, flag = '', variable = '']) => ({
  flag,
  variable,
}))

/** Why the start is refused, in the words of the program. */
function refusal(args: readonly string[], environment: NodeJS.ProcessEnv): string {
  try {
    readConfig(args, environment, { forms: STORE_FORMS, accepts: isStoreUrl })
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return ''
}

describe('docs/configuration.md', () => {
  test('lists every flag, and no other', () => {
    const flags = [...refusal(['--no-such-flag'], {}).matchAll(/--([\w-]+)/g)].map(([, flag = '']) => flag)
    assert.deepEqual(
      rows.map(({ flag }) => flag).toSorted(),
      [...new Set(flags)].filter((flag) => flag !== 'no-such-flag').toSorted(),
    )
  })

  for (const { flag, variable } of rows) {
    test(`names the variable that stands in for --${flag}`, () => {
      assert.match(refusal([], { [variable]: 'a b' }), new RegExp(`^${variable} must be `))
      assert.match(refusal([`--${flag}`, 'a b'], {}), new RegExp(`^--${flag} must be `))
    })
  }
})
