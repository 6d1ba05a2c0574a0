/** The members of bodies that are money: `limits/overdraft` is the overdraft in limits. */
const MONEY = [
  'amount',
  'opening_deposit',
  'limits/overdraft',
  'limits/withdrawal',
  'limits/daily_amount',
] as const

/**
 * What every number has that a double might change: an exponent of three digits, or more than 15 digits in all, of
 * which eight are in a row, wherever the point is.
 */
const MAY_BE_INEXACT = /\d{8}|[eE][+-]?\d{3}/

/** What tells where in the text a number stands. Commas, spaces and words do not. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\]:]/g

/** Puts the text of each number that is money in the place of its double. `body` is what `text`, valid JSON, parses to. */
export function keepMoneyAsWritten(body: unknown, text: string): void {
  if (!MAY_BE_INEXACT.test(text) || !isObject(body)) return
  const numbers = numbersIn(text)
  for (const path of MONEY) {
    const [first = '', second] = path.split('/')
    const holder = second === undefined ? body : body[first]
    const member = second ?? first
    const written = numbers.get(path)
    // Of several members of one name the last counts, and it may be no number.
    if (written !== undefined && isObject(holder) && typeof holder[member] === 'number')
      holder[member] = written
  }
}

/** The last number of each path in the body itself and in its objects, as it is written. A loop, as bodies may be deep. */
function numbersIn(text: string): ReadonlyMap<string, string> {
  const numbers = new Map<string, string>()
  // The name of the member at each depth, in its quotes; an element of a list has none.
  const names: string[] = []
  let latest = ''
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') names.push('""')
    else if (token === '}' || token === ']') names.pop()
    else if (token === ':') names[names.length - 1] = latest
    else if (token.startsWith('"')) latest = token
    else if (names.length <= 2) numbers.set(pathOf(names), token)
  }
  return numbers
}

/** A slash in a name itself is written otherwise, so that no other path is the same. */
function pathOf(names: readonly string[]): string {
  return names.map((name) => String(JSON.parse(name)).replaceAll('/', '//')).join('/')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
