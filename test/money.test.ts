import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { formatCents, MAX_CENTS, parseAmount, parseMoney } from '../src/money.ts'

const accepted: readonly (readonly [string | number, bigint])[] = [
  ['10.00', 1_000n],
  ['10', 1_000n],
  [10, 1_000n],
  [0.1, 10n],
  ['  +7.5 ', 750n],
  ['1e2', 10_000n],
  ['.5', 50n],
  ['5.', 500n],
  [1.005, 101n],
  [2.675, 268n],
  ['10.004999', 1_000n],
  ['10.005', 1_001n],
  ['0.005', 1n],
  ['5e-3', 1n],
  ['0.0000000000000000000001e22', 100n],
  ['92233720368547758.07', MAX_CENTS],
  ['92233720368547758.0749', MAX_CENTS],
  ['000000000000000000000000000000.01', 1n],
]

const refused: readonly (readonly [string | number, RegExp])[] = [
  ['0', /must be > 0/],
  ['-1', /must be > 0/],
  ['-0.001', /must be > 0/],
  ['0.004999', /must be > 0/],
  ['1e-400', /must be > 0/],
  ['1e-99999999999999999999', /must be > 0/],
  ['92233720368547758.075', /must not be larger/],
  ['92233720368547758.08', /must not be larger/],
  [1e30, /must not be larger/],
  ['1e99999999999999999999', /must not be larger/],
  ['', /decimal number/],
  ['.', /decimal number/],
  ['e5', /decimal number/],
  ['1,000', /decimal number/],
  ['1_000', /decimal number/],
  ['٣', /decimal number/],
  ['$5', /decimal number/],
  ['0x10', /decimal number/],
  ['1.2.3', /decimal number/],
  ['1e', /decimal number/],
  ['+-1', /decimal number/],
  ['NaN', /decimal number/],
  ['Infinity', /decimal number/],
  [Number.POSITIVE_INFINITY, /decimal number/],
  ['9'.repeat(1_001), /at most 1000 characters/],
]

describe('an amount on the wire', () => {
  for (const [input, cents] of accepted) {
    test(`${JSON.stringify(input)} is ${cents} cents`, () => assert.deepEqual(parseAmount(input), { cents }))
  }

  for (const [input, sentence] of refused) {
    test(`${String(input).slice(0, 30)} is refused`, () => {
      const amount = parseAmount(input)
      assert.ok('problem' in amount)
      assert.match(amount.problem, sentence)
    })
  }

  test('is rounded half up at any number of places, as long division would', () => {
    let rounded = 0
    const decimal = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 24n }), fc.integer({ min: 0, max: 30 }))
    fc.assert(
      fc.property(decimal, ([digits, places]) => {
        const text = `${digits}e-${places}`
        const scale = 10n ** BigInt(places)
        const nearest = (digits * 200n + scale) / (2n * scale)
        const amount = parseAmount(text)
        if (nearest > 0n && nearest <= MAX_CENTS) {
          rounded += 1
          assert.deepEqual(amount, { cents: nearest })
        } else {
          assert.ok('problem' in amount)
        }
      }),
      { numRuns: 5_000 },
    )
    assert.ok(rounded > 1_000, `${rounded} were amounts`)
  })
})

describe('money that may be nothing', () => {
  for (const [input, cents] of accepted) {
    test(`${JSON.stringify(input)} is ${cents} cents, as an amount is`, () =>
      assert.deepEqual(parseMoney('overdraft', input), { cents }))
  }

  for (const input of ['0', 0, '0.00', '-0', '0.004999', '1e-400']) {
    test(`${JSON.stringify(input)} is 0 cents`, () =>
      assert.deepEqual(parseMoney('overdraft', input), { cents: 0n }))
  }

  const refusedAsNothing: readonly (readonly [string | number, string])[] = [
    ['-1', 'overdraft must not be negative'],
    ['-0.001', 'overdraft must not be negative'],
    ['92233720368547758.08', 'overdraft must not be larger than 92233720368547758.07'],
    ['', 'overdraft must be a decimal number such as "10.00", without currency signs or separators'],
    ['$5', 'overdraft must be a decimal number such as "10.00", without currency signs or separators'],
  ]

  for (const [input, sentence] of refusedAsNothing) {
    test(`${JSON.stringify(input)} is refused by the name that the sender gave it`, () =>
      assert.deepEqual(parseMoney('overdraft', input), { problem: sentence }))
  }
})

describe('cents as text', () => {
  test('have two places, also when negative or below one', () => {
    assert.deepEqual([0n, 1n, 50n, 100n, -5n, -12_345n].map(formatCents), [
      '0.00',
      '0.01',
      '0.50',
      '1.00',
      '-0.05',
      '-123.45',
    ])
  })

  test('are read back as the same amount', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: MAX_CENTS }), (cents) => {
        assert.deepEqual(parseAmount(formatCents(cents)), { cents })
      }),
    )
  })
})
