import { globSync } from 'node:fs'

/** Every test but those in a browser, which `npm run test:browser` runs. */
export function testFiles(): readonly string[] {
  return globSync('test/**/*.test.ts', { exclude: ['test/browser/**'] }).toSorted()
}
