import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { serviceForSuite } from '../support/client.ts'
import { engine } from '../support/engine.ts'

describe('the contract', () => {
  const atm = serviceForSuite()

  const { name, version } = engine()

  test(`is kept on ${name} ${version}, as the service itself says`, () => {
    const store = /"store":"([a-z]+):/.exec(atm.service.lines.join('\n'))?.[1]
    assert.equal(store, name === 'SQLite' ? 'memory' : 'postgres')
    assert.match(version, /^\d+\.\d+/)
  })
})
