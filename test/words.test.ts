import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { projectRoot } from './support/service.ts'

/** Words of our own that a reader from another bank would have to learn, and what the field says. */
const replaced: readonly (readonly [word: RegExp, instead: string])[] = [
  [/\bjudg(?:e|es|ed|ing)\b/i, 'apply, decide'],
  [/\bbarred\b|\bbarred(?:In|Out|Between)\b/, 'blocked'],
  [/\btold\b|\bTold\b/, 'answered, shown, or what exactly was said'],
  [/\btrusting\b|\bisTrust|\bmayTrust/, 'optimistic'],
  [/\blocked way\b|\btrusting way\b/, 'commit with locks, optimistic commit'],
  [/\bfold(?:s|ed|ing)?\b(?!\w)/i, 'write back, written back'],
  [/\brecall\b|\bremember(?:s|ed)?\b/, 'find, save, cache'],
  [
    /\bhardly ever\b|\bso many\b|\bonce more\b|\bfor good\b|\bwhoever\b/i,
    'plain words: rarely, this many, again, forever, anyone who',
  ],
]

/** Where released formats keep an old word: names of tables and columns do not change. */
const stored = /folded_up_to|'told'/

const files = globSync(['src/**/*.ts', 'docs/*.md', 'docs/decisions/*.md', 'README.md'], { cwd: projectRoot })

describe('the words', () => {
  test('of code and docs are those of the field', () => {
    assert.ok(files.length > 50, 'the test looks at the files it speaks of')
    const found = files.flatMap((file) =>
      readFileSync(join(projectRoot, file), 'utf8')
        .split('\n')
        .flatMap((line, index) =>
          replaced.flatMap(([word, instead]) => {
            const [match] = word.exec(line.replaceAll(new RegExp(stored, 'g'), '')) ?? []
            return match === undefined ? [] : [`${file}:${index + 1}: "${match}": say ${instead}`]
          }),
        ),
    )
    assert.equal(found.length, 0, `\n${found.join('\n')}\nSee docs/glossary.md.`)
  })
})
