import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { projectRoot } from './support/service.ts'

const pages = ['README.md', 'CHANGELOG.md', ...globSync('docs/**/*.md', { cwd: projectRoot })]

function textOf(page: string): string {
  return readFileSync(join(projectRoot, page), 'utf8')
}

/** The anchors that a page's headings have. */
function anchorsOf(page: string): readonly string[] {
  return [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}

function isThere(page: string, target: string): boolean {
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? page : join(dirname(page), path)
  if (!existsSync(join(projectRoot, file))) return false
  return anchor === undefined || anchorsOf(file).includes(anchor)
}

describe('the documentation', () => {
  test('has the pages that it is expected to have', () => {
    for (const page of ['docs/architecture.md', 'docs/operations.md', 'docs/errors.md', 'docs/benchmarks.md'])
      assert.ok(pages.includes(page), page)
  })

  for (const page of pages) {
    test(`${page} links only to files and headings that exist`, () => {
      const targets = [...textOf(page).matchAll(/\]\((?!\w+:)([^)\s]+)\)/g)].map((match) => match[1] ?? '')
      assert.deepEqual(
        targets.filter((target) => !isThere(page, target)),
        [],
      )
    })
  }
})
