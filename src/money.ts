/**
 * Money is a `bigint` count of cents from the edge inwards. This file is the edge: text to cents and back.
 */

/** The largest amount and the largest balance, in cents: what fits a signed 64-bit integer. */
export const MAX_CENTS = 9_223_372_036_854_775_807n

/** Whole digits that `MAX_CENTS` has; anything longer is too large, whatever its digits are. */
const MAX_CENTS_DIGITS = 19

/** Longer texts are not amounts anyone means, and refusing them keeps the work for one request small. */
const MAX_TEXT_LENGTH = 1_000

/** What money on the wire turned out to be: cents up to `MAX_CENTS`, or a sentence for the sender. */
export type ParsedAmount = { readonly cents: bigint } | { readonly problem: string }

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/

/**
 * Reads an amount as the API accepts it: a string, or a number that a double holds exactly. It is at least one cent.
 * More than two places are rounded half up: `1.005` is 101 cents.
 */
export function parseAmount(input: string | number): ParsedAmount {
  const cents = centsFrom(input)
  if (cents === 0n || cents === 'negative') return { problem: 'amount must be > 0' }
  return typeof cents === 'bigint' ? { cents } : { problem: sentenceOn('amount', cents) }
}

/** Reads money that may be 0.00, in the same way. `member` is what the sender calls it. */
export function parseMoney(member: string, input: string | number): ParsedAmount {
  const cents = centsFrom(input)
  return typeof cents === 'bigint' ? { cents } : { problem: sentenceOn(member, cents) }
}

type Refused = 'malformed' | 'too long' | 'negative' | 'too large'

function centsFrom(input: string | number): bigint | Refused {
  const text = String(input).trim()
  if (text.length > MAX_TEXT_LENGTH) return 'too long'
  const [, sign, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? []
  if (sign === undefined || whole + fraction === '') return 'malformed'

  const digits = (whole + fraction).replace(/^0+/, '')
  if (digits === '') return 0n
  if (sign === '-') return 'negative'
  const cents = roundHalfUp(digits, Number(exponent) - fraction.length + 2)
  return cents === undefined || cents > MAX_CENTS ? 'too large' : cents
}

function sentenceOn(member: string, refused: Refused): string {
  if (refused === 'negative') return `${member} must not be negative`
  if (refused === 'too large') return `${member} must not be larger than ${formatCents(MAX_CENTS)}`
  if (refused === 'too long')
    return `${member} must be a decimal number of at most ${MAX_TEXT_LENGTH} characters`
  return `${member} must be a decimal number such as "10.00", without currency signs or separators`
}

/** `digits × 10^shift` to the nearest integer, halves up; undefined when it has too many digits to be money. */
function roundHalfUp(digits: string, shift: number): bigint | undefined {
  const wholeDigits = digits.length + shift
  if (wholeDigits > MAX_CENTS_DIGITS) return undefined
  if (wholeDigits < 0) return 0n
  if (shift >= 0) return BigInt(digits.padEnd(wholeDigits, '0'))
  const whole = BigInt(digits.slice(0, wholeDigits))
  return digits.charAt(wholeDigits) >= '5' ? whole + 1n : whole
}

/** Cents as decimal text with two places: `50000n` is `"500.00"`. */
export function formatCents(cents: bigint): string {
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0')
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}
