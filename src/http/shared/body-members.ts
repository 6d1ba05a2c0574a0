import { MAX_REFERENCE_LENGTH } from '../../ledger/postings.ts'
import { parseAmount, parseMoney } from '../../money.ts'
import { Problem } from '../errors/problem.ts'

/** Members that the bodies of several commands have, and how they are read. */

export const AmountInput = {
  anyOf: [{ type: 'string' }, { type: 'number' }],
  description:
    'What to move, more than 0. A number is read as it is written. More than two places are rounded half up.',
  examples: ['10.00'],
} as const

export const ReferenceInput = {
  type: 'string',
  description: `The sender's own words for it: at most ${MAX_REFERENCE_LENGTH} characters, no control characters.`,
  examples: ['rent for May'],
} as const

/** A year: a hold that is to last longer does not expire at all. */
export const MAX_EXPIRES_IN_SECONDS = 31_536_000

/** Text as accounts and postings keep it: no control characters, and no halves of characters, which no store gives back. */
const TEXT = new RegExp(String.raw`^[^\p{Cc}\p{Cs}]{0,${MAX_REFERENCE_LENGTH}}$`, 'u')

export function amountFrom(input: string | number): bigint {
  const amount = parseAmount(input)
  if ('problem' in amount) throw new Problem(422, 'invalid_amount', amount.problem)
  return amount.cents
}

/** Reads money that may be 0.00, which the body calls `member`. */
export function moneyFrom(
  code: 'invalid_amount' | 'invalid_limits',
  member: string,
  input: string | number,
): bigint {
  const money = parseMoney(member, input)
  if ('problem' in money) throw new Problem(422, code, money.problem)
  return money.cents
}

/** The member of a command, or nothing where the body has none. */
export function referenceFrom(input: string | undefined): { readonly reference?: string } {
  return input === undefined ? {} : { reference: textFrom('reference', input) }
}

/** The sender's own words, which the body calls `member`. */
export function textFrom(member: string, text: string): string {
  if (isText(text)) return text
  throw new Problem(
    422,
    'invalid_reference',
    `${member} must be at most ${MAX_REFERENCE_LENGTH} characters without control characters`,
  )
}

/** Whether it can be kept as a name, a reference or a reason. It may be empty. */
export function isText(text: string): boolean {
  return TEXT.test(text)
}
