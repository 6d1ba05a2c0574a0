import type { Random } from '../support/random.ts'

const oddAmounts = [
  '"1e2"',
  '".5"',
  '"5."',
  '" 7.25 "',
  '"+3"',
  '"10.004999"',
  '1.005',
  '2.675',
  '1e-2',
  '0.004',
  '"0.005"',
  '"-5"',
  '-1',
  '0',
  '"0"',
  '""',
  '" "',
  'true',
  'false',
  'null',
  '[]',
  '{}',
  '[5]',
  '{"amount":5}',
  '"NaN"',
  '"Infinity"',
  '1e400',
  '-1e400',
  '1e30',
  '"1e30"',
  '"1e999999999"',
  '"1e-999999999"',
  '"1,000"',
  '"1_000"',
  '"\\u0661"',
  '"$5"',
  '"0x10"',
  '"5\\u0000"',
  '"5\\n"',
  '"..5"',
  '"e5"',
  '"5e"',
  '"--5"',
  '"+-5"',
  '92233720368547758.08',
  '"92233720368547758.08"',
] as const

/** JSON text of an amount that is nearly always valid, and small enough that balances stay far from the limit. */
function plainAmount(random: Random): string {
  const cents = random.integer(1, 20_000)
  const money = (cents / 100).toFixed(2)
  return random.weighted([
    [60, `"${money}"`],
    [20, `${cents / 100}`],
    [10, `" ${money}${random.integer(0, 9)}"`],
    [10, `"+${cents}e-2"`],
  ])
}

function anyKey(random: Random): string {
  const names = ['"amount"', '"__proto__"', '"constructor"', '""', '"a"', '"\\u0000"'] as const
  return random.pick(names)
}

/** JSON text of an amount: mostly a valid one. */
export function amountText(random: Random): string {
  return random.percent(85) ? plainAmount(random) : random.pick(oddAmounts)
}

/** JSON text of any value. */
export function anyJson(random: Random, depth = 0): string {
  const several = (one: () => string): string =>
    Array.from({ length: random.integer(0, 4 - depth) }, one).join(',')
  const child = (): string => anyJson(random, depth + 1)
  return random.weighted<() => string>([
    [3, () => String(random.integer(-1_000, 1_000) / random.pick([1, 10, 1_000, 1e-6, 1e12]))],
    [3, () => JSON.stringify(random.text(random.integer(0, 12), 0x20, 0x2_ff))],
    [2, () => random.pick(['true', 'false', 'null'])],
    [2, () => random.pick(oddAmounts)],
    [3, () => `[${several(child)}]`],
    [5, () => `{${several(() => `${anyKey(random)}:${child()}`)}}`],
  ])()
}

function nested(random: Random): string {
  const depth = random.integer(1, 7_000)
  return random.pick([
    '['.repeat(depth),
    `${'['.repeat(depth)}${']'.repeat(depth)}`,
    '{"a":'.repeat(depth / 2),
  ])
}

/** The body of a request for money: mostly one that can be accepted. */
export function amountBody(random: Random): Buffer {
  const text = random.weighted<() => string>([
    [60, () => `{"amount":${plainAmount(random)}}`],
    [15, () => `{"amount":${random.pick(oddAmounts)}}`],
    [5, () => ` {"note":${anyJson(random)}, "amount" : ${plainAmount(random)} }\n`],
    [5, () => `{"amount":${plainAmount(random)},"amount":${random.pick(oddAmounts)}}`],
    [5, () => `{"amount":${anyJson(random)}}`],
    [3, () => `{"amount":${plainAmount(random)}`],
    [2, () => `\u{feff}{"amount":1}`],
  ])()
  return Buffer.from(text)
}

/** Any body at all: JSON, nearly JSON, or bytes. Below 16 KiB, save now and then. */
export function anyBody(random: Random): Buffer {
  return random.weighted([
    [40, () => Buffer.from(anyJson(random))],
    [30, () => random.bytes(random.integer(0, 200))],
    [10, () => Buffer.from(random.text(random.integer(0, 100), 0x20, 0x7e))],
    [5, () => Buffer.from(nested(random))],
    [5, () => Buffer.alloc(0)],
    [5, () => Buffer.from(anyJson(random), 'utf16le')],
    [1, () => Buffer.alloc(random.integer(16_300, 40_000), 0x20)],
  ])()
}
