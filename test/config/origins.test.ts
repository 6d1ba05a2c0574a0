import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readConfig } from '../../src/config/config.ts'
import { ConfigError } from '../../src/config/settings.ts'

function read(variable: 'ATM_ALLOWED_HOSTS' | 'ATM_CORS_ORIGIN', value: string): readonly string[] {
  const config = readConfig([], { [variable]: value }, { forms: 'any', accepts: () => true })
  return variable === 'ATM_ALLOWED_HOSTS' ? config.allowedHosts : config.corsOrigins
}

describe('ATM_ALLOWED_HOSTS', () => {
  test('is a list of names and addresses, in the form that browsers have them', () => {
    assert.deepEqual(read('ATM_ALLOWED_HOSTS', ''), [])
    assert.deepEqual(
      read('ATM_ALLOWED_HOSTS', 'Bank.example, b\u{fc}cher.example,192.0.2.7,[2001:DB8:0::7]'),
      ['bank.example', 'xn--bcher-kva.example', '192.0.2.7', '[2001:db8::7]'],
    )
  })

  for (const value of [
    '*',
    '*.bank.example',
    'http://bank.example',
    'bank.example:8443',
    'bank.example/app',
    'somebody@bank.example',
    'bank example',
    'bank.example,',
    '2001:db8::7',
  ]) {
    test(`cannot be ${value}`, () => assert.throws(() => read('ATM_ALLOWED_HOSTS', value), ConfigError))
  }
})

describe('ATM_CORS_ORIGIN', () => {
  test('is a list of origins, in the form that browsers have them', () => {
    assert.deepEqual(read('ATM_CORS_ORIGIN', ''), [])
    assert.deepEqual(read('ATM_CORS_ORIGIN', 'HTTPS://Bank.example:443/, http://localhost:5173'), [
      'https://bank.example',
      'http://localhost:5173',
    ])
  })

  for (const value of [
    '*',
    'null',
    'bank.example',
    'https://bank.example/app',
    'https://bank.example?x',
    'https://somebody@bank.example',
    'https://*.bank.example',
    'file:///x',
    'https://',
    'https://bank.example,,http://localhost:5173',
  ]) {
    test(`cannot be ${value}`, () => assert.throws(() => read('ATM_CORS_ORIGIN', value), ConfigError))
  }
})
