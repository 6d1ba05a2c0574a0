import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { isRecord } from './support/client.ts'
import { projectRoot } from './support/service.ts'
import { findCycle, packageName, reachableFrom, type Source, sourcesIn } from './support/sources.ts'

const MAX_LINES = 250
const src = sourcesIn('src')

/** The programs: they wire the layers together, print to the screen and may end the process. */
const programs = ['src/main.ts', 'src/verify.ts', 'src/redate.ts']

/** The cash machine's own program, an entry of the page and the command line that follow. */
const terminalProgram = 'src/terminal/terminal.ts'

/** What each layer may import besides itself. */
const mayImport: ReadonlyMap<string, readonly string[]> = new Map([
  ['money', []],
  ['clock', ['ledger', 'storage']],
  ['config', ['ledger', 'money']],
  ['logging', ['config']],
  ['ledger', ['money']],
  ['atm', ['ledger', 'money']],
  ['state-machine', ['atm', 'ledger', 'money']],
  ['storage', ['state-machine', 'atm', 'ledger', 'money']],
  ['service', ['storage', 'state-machine', 'atm', 'ledger', 'money']],
  ['http', ['service', 'storage', 'state-machine', 'atm', 'ledger', 'money']],
  ['terminal', ['atm', 'money']],
])

/** What the cash machine's own program may know of the ATM: how a plan of notes is made, so that it offers what can be had. */
const notePlan = ['src/atm/note-plan.ts', 'src/atm/note-stock.ts', 'src/atm/payable-sums.ts']

/** What all but the programs may know of storage: the port, not what implements it. */
const port = 'src/storage/store.ts'

/** What has no I/O, no clock and no driver. */
const pureLayers = ['money', 'ledger', 'atm', 'state-machine', 'terminal']

/** What these may use of Node. */
const pureBuiltins = ['node:crypto']

/** `ledger` for `src/ledger/decide.ts`, `money` for `src/money.ts`, `program` for what wires. */
function layerOf(path: string): string {
  if (programs.includes(path)) return 'program'
  return path.split('/')[1]?.replace(/\.ts$/, '') ?? ''
}

/** `sqlite` for `src/storage/sqlite/sqlite-store.ts`, undefined for what all engines share. */
function engineOf(path: string): string | undefined {
  return /^src\/storage\/([^/]+)\//.exec(path)?.[1]
}

/** A folder within a layer counts as one room; a file that stands beside such folders counts for itself. */
function roomOf(path: string): string {
  return path.split('/').length > 3 ? dirname(path) : path
}

/** One line for each breach: where it is and how to mend it. */
function expectNone(breaches: readonly string[]): void {
  assert.equal(breaches.length, 0, `\n${breaches.join('\n')}`)
}

function breachesIn(
  sources: readonly Source[],
  find: (source: Source) => readonly string[],
): readonly string[] {
  return sources.flatMap((source) => find(source).map((breach) => `${source.path}: ${breach}`))
}

function matchingLines(source: Source, pattern: RegExp, fix: string): readonly string[] {
  const lines = source.text.split('\n')
  return lines.flatMap((line, index) =>
    pattern.test(line) ? [`line ${index + 1}, "${line.trim()}": ${fix}`] : [],
  )
}

describe('the structure', () => {
  test('the layers that the rules speak of exist', () => {
    const found = new Set(src.map((source) => layerOf(source.path)))
    for (const layer of [...mayImport.keys(), 'program']) {
      assert.ok(
        found.has(layer),
        `src has no ${layer} any more: the rules of this test would hold over nothing`,
      )
    }
  })

  test('imports run one way: money ← ledger ← atm ← state-machine ← storage ← service ← http ← main', () => {
    const breaches = breachesIn(src, ({ path, files }) => {
      const layer = layerOf(path)
      if (layer === 'program') return []
      const allowed = [layer, ...(mayImport.get(layer) ?? [])]
      return files
        .filter((file) => !allowed.includes(layerOf(file)))
        .map(
          (file) => `must not import ${file}: let src/main.ts pass in what it needs, or move it down a layer`,
        )
    })
    expectNone(breaches)
  })

  test('every file of src belongs to a layer', () => {
    const unknown = src.filter(({ path }) => layerOf(path) !== 'program' && !mayImport.has(layerOf(path)))
    expectNone(
      unknown.map(
        ({ path }) => `${path}: put it into a layer, or say in mayImport what its layer may import`,
      ),
    )
  })

  test('money, ledger, ATM, state machine and terminal import no package, and no part of Node that reads or writes', () => {
    const pure = src.filter(({ path }) => pureLayers.includes(layerOf(path)))
    const breaches = breachesIn(pure, ({ packages }) =>
      packages
        .filter((name) => !pureBuiltins.includes(name))
        .map((name) => `must not import ${name}: do this in a store or a route, and hand the result in`),
    )
    expectNone(breaches)
  })

  test('engines never import each other', () => {
    const breaches = breachesIn(src, ({ path, files }) => {
      const engine = engineOf(path)
      if (engine === undefined) return []
      return files
        .filter((file) => ![engine, undefined].includes(engineOf(file)))
        .map((file) => `must not import ${file}: move what both engines need up into src/storage`)
    })
    expectNone(breaches)
  })

  test('all but storage and the programs know the port of storage and no engine', () => {
    const others = src.filter(({ path }) => !['storage', 'program'].includes(layerOf(path)))
    const breaches = breachesIn(others, ({ files }) =>
      files
        .filter((file) => layerOf(file) === 'storage' && file !== port)
        .map((file) => `must not import ${file}: ask the port, ${port}, for it`),
    )
    expectNone(breaches)
  })

  test("the cash machine's program knows nothing of the server but money and the note plan", () => {
    const terminal = src.filter(({ path }) => layerOf(path) === 'terminal')
    const breaches = breachesIn(terminal, ({ files }) =>
      files
        .filter((file) => layerOf(file) === 'atm' && !notePlan.includes(file))
        .map((file) => `must not import ${file}: a machine knows the service by its answers alone`),
    )
    expectNone(breaches)
  })

  test('no import runs in a circle', () => {
    const cycle = findCycle(src)
    assert.equal(cycle, undefined, `${cycle?.join(' → ')}: move what both ends need into a file of its own`)
  })

  test('no import runs in a circle between folders', () => {
    const rooms = Map.groupBy(src, ({ path }) => roomOf(path))
    const cycle = findCycle(
      [...rooms].map(([path, sources]) => ({
        path,
        text: '',
        packages: [],
        files: sources.flatMap(({ files }) => files.map(roomOf).filter((room) => room !== path)),
      })),
    )
    assert.equal(cycle, undefined, `${cycle?.join(' → ')}: move what both ends need down a folder`)
  })

  test('every file of src is used by a program or a script', () => {
    const scripts = sourcesIn('scripts')
    const reached = reachableFrom(
      [...src, ...scripts],
      [...programs, terminalProgram, ...scripts.map(({ path }) => path)],
    )
    const unused = src.filter(({ path }) => !reached.has(path))
    expectNone(unused.map(({ path }) => `${path}: no program imports it, so delete it or use it`))
  })

  test('src imports only what a production install brings', () => {
    const manifest: unknown = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))
    assert.ok(isRecord(manifest) && isRecord(manifest['dependencies']))
    const installed = Object.keys(manifest['dependencies'])
    const breaches = breachesIn(src, ({ packages }) =>
      packages
        .filter((name) => !name.startsWith('node:') && !installed.includes(packageName(name)))
        .map((name) => `${name} is missing after "npm ci --omit=dev": move it to "dependencies"`),
    )
    expectNone(breaches)
  })

  test(`no file of src is longer than ${MAX_LINES} lines`, () => {
    const breaches = breachesIn(src, ({ text }) => {
      const lines = text.trimEnd().split('\n').length
      return lines > MAX_LINES ? [`${lines} lines: split it by subject`] : []
    })
    expectNone(breaches)
  })

  test('SQL is found in src/storage alone', () => {
    const sql =
      /\b(?:select\b.+\bfrom\s+\w|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|create\s+(?:table|index)\s|pragma\s+\w|begin\s+immediate)/i
    const elsewhere = src.filter(({ path }) => layerOf(path) !== 'storage')
    expectNone(
      breachesIn(elsewhere, (source) => matchingLines(source, sql, 'give the store a method for it')),
    )
  })

  test('nothing is left half done, silenced or printed past the log', () => {
    // Written apart so that this file does not accuse itself.
    const unfinished = new RegExp(['TO', 'DO|FIX', 'ME|X', 'XX'].join(''))
    const silenced = /@ts-(?:ignore|nocheck|expect-error)|oxlint-disable|eslint-disable/
    const cast = /as unknown as/
    const everywhere = ['src', 'test', 'scripts', 'bench'].flatMap(sourcesIn)
    const ownPath = 'test/structure.test.ts'
    expectNone([
      ...breachesIn(everywhere, (source) => matchingLines(source, unfinished, 'finish it or drop it')),
      ...breachesIn(
        everywhere.filter(({ path }) => path !== ownPath),
        (source) => [
          ...matchingLines(source, silenced, 'mend the cause instead'),
          ...matchingLines(source, cast, 'check the value, so that its type is known'),
          ...matchingLines(source, /\b(?:test|describe|it)\.(?:only|todo)\(/, 'let all tests run'),
        ],
      ),
      ...breachesIn(
        src.filter(({ path }) => !programs.includes(path)),
        (source) =>
          matchingLines(source, /\bconsole\.|process\.exit\(/, 'log it, or throw and let the program end'),
      ),
    ])
  })
})
