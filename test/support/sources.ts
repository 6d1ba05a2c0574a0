import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { projectRoot } from './service.ts'

/** A TypeScript file of the project and what it imports. */
export interface Source {
  /** Such as `src/ledger/decide.ts`. */
  readonly path: string
  readonly text: string
  /** Files of the project, as paths from its root. */
  readonly files: readonly string[]
  /** Everything else that is there when the program runs, such as `node:http` or `fastify`. */
  readonly packages: readonly string[]
}

const importPattern =
  /^(?:import|export)\s[^'";]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm

/** Imports that the compiler alone needs: nothing of them is left when the program runs. */
const typeImportPattern = /^import type\s[^'";]*?from\s+'[^']+'/gm

function specifiersOf(text: string): readonly string[] {
  return [...text.matchAll(importPattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

function isFile(specifier: string): boolean {
  return specifier.startsWith('.')
}

function readSource(path: string): Source {
  const text = readFileSync(join(projectRoot, path), 'utf8')
  const specifiers = specifiersOf(text)
  const loaded = specifiersOf(text.replaceAll(typeImportPattern, ''))
  return {
    path,
    text,
    files: specifiers.filter(isFile).map((file) => join(dirname(path), file)),
    packages: loaded.filter((specifier) => !isFile(specifier)),
  }
}

/** The TypeScript files of a folder such as `src`, with those below it. */
export function sourcesIn(folder: string): readonly Source[] {
  const paths = globSync(`${folder}/**/*.ts`, { cwd: projectRoot })
  return paths.map((path) => readSource(relative('', path))).toSorted((a, b) => a.path.localeCompare(b.path))
}

/** The name to install for an import: `@fastify/swagger/types` is part of `@fastify/swagger`. */
export function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** The paths that can be reached by imports from the paths given, with these. */
export function reachableFrom(sources: readonly Source[], entries: readonly string[]): ReadonlySet<string> {
  const byPath = new Map(sources.map((source) => [source.path, source]))
  const reached = new Set<string>()
  const waiting = entries.filter((entry) => existsSync(join(projectRoot, entry)))
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue
    reached.add(path)
    waiting.push(...(byPath.get(path)?.files ?? []))
  }
  return reached
}

/** One cycle of imports as the paths along it, or undefined when there is none. */
export function findCycle(sources: readonly Source[]): readonly string[] | undefined {
  const byPath = new Map(sources.map((source) => [source.path, source]))
  const finished = new Set<string>()
  const visit = (path: string, trail: readonly string[]): readonly string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path]
    if (finished.has(path)) return undefined
    for (const next of byPath.get(path)?.files ?? []) {
      const cycle = visit(next, [...trail, path])
      if (cycle !== undefined) return cycle
    }
    finished.add(path)
    return undefined
  }
  return sources.map((source) => visit(source.path, [])).find((cycle) => cycle !== undefined)
}
