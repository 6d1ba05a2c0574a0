import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { jsonIn } from '../../src/http/shared/json-body.ts'
import { parseMoney } from '../../src/money.ts'
import { isRecord } from '../support/client.ts'
import { readOpenApi } from '../support/openapi.ts'
import { Random } from '../support/random.ts'

const LARGEST = 2n ** 63n - 1n
const RUNS = 100_000

/** Cents of a JSON number by the arithmetic of fractions, or why they are none. */
function slowlyRead(number: string): bigint | 'negative' | 'too large' {
  const [mantissa = '', exponent = '0'] = number.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.')
  let numerator = BigInt(whole + fraction) * 100n
  let denominator = 10n ** BigInt(fraction.length)
  if (exponent.startsWith('-')) denominator *= 10n ** BigInt(exponent.slice(1))
  else numerator *= 10n ** BigInt(exponent.replace('+', ''))
  if (mantissa.startsWith('-') && numerator > 0n) return 'negative'
  const cents = (2n * numerator + denominator) / (2n * denominator)
  return cents > LARGEST ? 'too large' : cents
}

/** The same by the service: what it makes of a body, and then of its amount. */
function read(number: string): bigint | string {
  const [error, body] = jsonIn(Buffer.from(`{"amount":${number}}`))
  assert.equal(error, null)
  assert.ok(isRecord(body))
  const { amount } = body
  assert.ok(typeof amount === 'number' || typeof amount === 'string')
  const money = parseMoney('amount', amount)
  if ('cents' in money) return money.cents
  return money.problem.includes('negative') ? 'negative' : 'too large'
}

function digits(random: Random, from: number, to: number): string {
  return random.text(random.integer(from, to), 0x30, 0x39)
}

function wholePart(random: Random): string {
  return random.weighted<() => string>([
    [3, () => '0'],
    [6, () => String(random.integer(1, 100_000))],
    [4, () => `${random.integer(1, 9)}${digits(random, 10, 25)}`],
    // Around what a double counts one by one, with cents or without, and around the largest amount.
    [2, () => String(2n ** 53n + BigInt(random.integer(-9, 9)))],
    [2, () => String((2n ** 53n + BigInt(random.integer(-999, 999))) / 100n)],
    [2, () => String(92_233_720_368_547_758n + BigInt(random.integer(-1, 1)))],
  ])()
}

function fractionPart(random: Random): string {
  return random.weighted<() => string>([
    [4, () => ''],
    [4, () => `.${digits(random, 1, 3)}`],
    [4, () => `.${digits(random, 1, 30)}`],
    // Next to a half of a cent.
    [2, () => `.${digits(random, 2, 2)}4${'9'.repeat(random.integer(0, 40))}`],
    [2, () => `.${digits(random, 2, 2)}5${'0'.repeat(random.integer(0, 40))}${random.pick(['', '1'])}`],
    [1, () => `.0${random.integer(0, 9)}${random.pick(['4999', '5', '5001'])}`],
    [1, () => `.${'0'.repeat(random.integer(1, 400))}${random.integer(0, 9)}`],
  ])()
}

function exponentPart(random: Random): string {
  const sign = random.pick(['', '+', '-'])
  return random.weighted<() => string>([
    [8, () => ''],
    [3, () => `${random.pick(['e', 'E'])}${sign}${random.integer(0, 25)}`],
    [1, () => `e${sign}${'0'.repeat(random.integer(1, 20))}${random.integer(0, 25)}`],
    [1, () => `E${sign}${random.integer(290, 420)}`],
  ])()
}

describe('a JSON number that is money', () => {
  test(`is read as it is written, as ${RUNS} random ones show`, () => {
    const random = new Random(20_261_124)
    let rounded = 0
    let amounts = 0
    for (let run = 0; run < RUNS; run += 1) {
      const number = `${random.percent(5) ? '-' : ''}${wholePart(random)}${fractionPart(random)}${exponentPart(random)}`
      const expected = slowlyRead(number)
      assert.equal(read(number), expected, number)
      amounts += typeof expected === 'bigint' && expected > 0n ? 1 : 0
      const double = parseMoney('amount', Number(number))
      rounded += typeof expected === 'bigint' && (!('cents' in double) || double.cents !== expected) ? 1 : 0
    }
    assert.ok(amounts > RUNS / 4, `${amounts} of them are amounts`)
    assert.ok(rounded > RUNS / 100, `a double would change ${rounded} of them`)
  })
})

const exact = '90071992547409.93'

/** Bodies, and what is to become of them. Only the last member of a name counts, as in any other body. */
const bodies: readonly (readonly [text: string, body: unknown])[] = [
  [`{"amount":${exact}}`, { amount: exact }],
  [` { "amount" :\n${exact}\t} `, { amount: exact }],
  [`{"\\u0061mount":${exact}}`, { amount: exact }],
  [`{"opening_deposit":${exact}}`, { opening_deposit: exact }],
  [
    `{"limits":{"overdraft":${exact},"withdrawal":${exact},"daily_amount":${exact}}}`,
    { limits: { overdraft: exact, withdrawal: exact, daily_amount: exact } },
  ],
  [`{"amount":1,"amount":${exact}}`, { amount: exact }],
  [`{"amount":${exact},"amount":2}`, { amount: '2' }],
  [`{"amount":${exact},"amount":"2"}`, { amount: '2' }],
  [`{"amount":${exact},"amount":[1]}`, { amount: [1] }],
  [`{"limits":{"overdraft":${exact}},"limits":{"withdrawal":1}}`, { limits: { withdrawal: '1' } }],
  [`{"limits":{"overdraft":${exact}},"limits":3}`, { limits: 3 }],
  [
    `{"note":"\\"amount\\":1.2345678901234567","amount":3}`,
    { note: '"amount":1.2345678901234567', amount: '3' },
  ],
  [`{"note":"\\\\","amount":${exact}}`, { note: '\\', amount: exact }],
  [
    `{"a":{"amount":1},"b":["amount",1],"amount":${exact}}`,
    { a: { amount: 1 }, b: ['amount', 1], amount: exact },
  ],
]

const doubled = Number(exact)

/** What is no money of the body stays what it was, or is no number any more where a double has changed it. */
const untouched: readonly (readonly [text: string, body: unknown])[] = [
  [`{"Amount":${exact}}`, { Amount: Number.NaN }],
  [`{"overdraft":${exact}}`, { overdraft: Number.NaN }],
  [`{"limits":[{"overdraft":${exact}}]}`, { limits: [{ overdraft: doubled }] }],
  [
    `{"limits":{"amount":${exact},"limits":{"overdraft":${exact}}}}`,
    { limits: { amount: Number.NaN, limits: { overdraft: doubled } } },
  ],
  [`{"amount":[${exact}]}`, { amount: [doubled] }],
  [`{"amount":{"amount":${exact}}}`, { amount: { amount: Number.NaN } }],
  [`[{"amount":${exact}}]`, [{ amount: doubled }]],
  [`{"account_number":1234567890123456}`, { account_number: 1234567890123456 }],
  [`{"idempotency_key":12345678901234567}`, { idempotency_key: Number.NaN }],
  [exact, doubled],
  ['null', null],
]

/** Where the documented bodies take a decimal as text or as a number: `limits/overdraft`. */
function documentedMoney(): readonly string[] {
  const found = new Set<string>()
  const visit = (value: unknown, path: readonly string[]): void => {
    if (!isRecord(value)) return
    const { anyOf, properties } = value
    const types = Array.isArray(anyOf) ? anyOf.map((each: unknown) => isRecord(each) && each['type']) : []
    if (types.includes('string') && types.includes('number')) found.add(path.join('/'))
    for (const [name, member] of Object.entries(isRecord(properties) ? properties : {}))
      visit(member, [...path, name])
  }
  const visitBodies = (value: unknown): void => {
    if (!isRecord(value)) return
    for (const [name, inner] of Object.entries(value)) {
      const content = name === 'requestBody' && isRecord(inner) ? inner['content'] : undefined
      const json = isRecord(content) ? content['application/json'] : undefined
      if (isRecord(json)) visit(json['schema'], [])
      else visitBodies(inner)
    }
  }
  visitBodies(readOpenApi())
  return [...found]
}

describe('money in a body', () => {
  test('is found in every member that is documented to be money', () => {
    const paths = documentedMoney()
    assert.ok(paths.length >= 5, paths.join())
    for (const path of paths) {
      const names = path.split('/')
      const text = names.reduceRight((inner, name) => `{"${name}":${inner}}`, exact)
      const expected = names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), exact)
      assert.deepEqual(jsonIn(Buffer.from(text)), [null, expected])
    }
  })

  for (const [text, body] of [...bodies, ...untouched]) {
    test(`of ${text} is found where it is, and nowhere else`, () =>
      assert.deepEqual(jsonIn(Buffer.from(text)), [null, body]))
  }

  test('is not looked for in a prototype', () => {
    const [, body] = jsonIn(
      Buffer.from(`{"__proto__":{"amount":${exact}},"limits":{"__proto__":{"overdraft":${exact}}}}`),
    )
    assert.ok(isRecord(body) && isRecord(body['limits']))
    assert.deepEqual(
      [Object.keys(body), Object.keys(body['limits'])],
      [['__proto__', 'limits'], ['__proto__']],
    )
    assert.equal(body['amount'] ?? body['limits']['overdraft'], undefined)
  })

  test('is found however deep the rest is', () => {
    const deep = 8_000
    const text = `{"note":${'['.repeat(deep)}${']'.repeat(deep)},"amount":${exact}}`
    const [error, body] = jsonIn(Buffer.from(text))
    assert.equal(error, null)
    assert.ok(isRecord(body) && body['amount'] === exact)
  })
})
