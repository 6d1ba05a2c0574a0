import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRecord } from './client.ts'
import { projectRoot } from './service.ts'

/** The document of the API, with what it refers to in the place of each reference. */
export function readOpenApi(): Record<string, unknown> {
  const document: unknown = JSON.parse(readFileSync(join(projectRoot, 'openapi.json'), 'utf8'))
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve)
    if (!isRecord(value)) return value
    const { $ref: reference, ...members } = value
    const resolved = Object.fromEntries(
      Object.entries(members).map(([name, member]) => [name, resolve(member)]),
    )
    if (typeof reference !== 'string') return resolved
    const target = resolve(
      reference
        .split('/')
        .reduce<unknown>((at, name) => (isRecord(at) && name !== '#' ? at[name] : at), document),
    )
    assert.ok(isRecord(target), `${reference} refers to something`)
    return { ...target, ...resolved }
  }
  const resolved = resolve(document)
  assert.ok(isRecord(resolved))
  return resolved
}
