import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { isRecord, objectIn, serviceForSuite } from '../support/client.ts'
import { projectRoot } from '../support/service.ts'

describe('health', () => {
  const atm = serviceForSuite()

  test('tells that the service is up, and the version of the package', async () => {
    const manifest: unknown = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8'))
    assert.ok(isRecord(manifest))
    const answer = await atm.client.get('/healthz')
    assert.equal(answer.status, 200)
    assert.deepEqual(objectIn(answer), { status: 'ok', version: manifest['version'] })
  })
})
