import type { FromSchema } from 'json-schema-to-ts'
import { MAX_REFERENCE_LENGTH } from '../../ledger/postings.ts'
import { parseAmount, parseMoney } from '../../money.ts'
import { Problem } from '../errors/problem.ts'
import type { Invalid } from '../errors/validation.ts'

/** What the requests of several commands have in common, and how it is read. */

export const AmountInput = {
  title: 'AmountInput',
  anyOf: [{ type: 'string' }, { type: 'number' }],
  description:
    'What to move, more than 0. A number is read as it is written. More than two places are rounded half up.',
  examples: ['10.00'],
  invalid: ['invalid_amount', 'amount is required, as a decimal number such as "10.00"'],
} as const

export function invalidText(member: string): Invalid {
  return ['invalid_reference', `${member} must be text of at most ${MAX_REFERENCE_LENGTH} characters`]
}

export const ReferenceInput = {
  type: 'string',
  description: `The sender's own words for it: at most ${MAX_REFERENCE_LENGTH} characters, no control characters.`,
  examples: ['rent for May'],
  invalid: invalidText('reference'),
} as const

/** The characters that a key may have, and how many. */
export const KEY_PATTERN = '^[\\x21-\\x7e]{1,255}$'

export const IdempotencyHeaders = {
  type: 'object',
  properties: {
    'idempotency-key': {
      title: 'IdempotencyKey',
      type: 'string',
      pattern: KEY_PATTERN,
      description:
        'Names this request, such as "unique-key-123", so that a retry has no second effect. 1 to 255 visible ASCII characters.',
      invalid: ['invalid_idempotency_key'],
    },
  },
} as const

export type IdempotencyHeaders = FromSchema<typeof IdempotencyHeaders>

/** What the headers say of a command. */
export function idempotencyKeyFrom(headers: IdempotencyHeaders): { readonly idempotencyKey?: string } {
  const key = headers['idempotency-key']
  return key === undefined ? {} : { idempotencyKey: key }
}

/** Text as accounts and postings have it: no control characters, and no halves of characters, which no store gives back. */
const TEXT = new RegExp(String.raw`^[^\p{Cc}\p{Cs}]{0,${MAX_REFERENCE_LENGTH}}$`, 'u')

export function amountFrom(input: string | number): bigint {
  const amount = parseAmount(input)
  if ('problem' in amount) throw new Problem('invalid_amount', amount.problem)
  return amount.cents
}

/** Reads money that may be 0.00, which the body calls `member`. */
export function moneyFrom(
  code: 'invalid_amount' | 'invalid_limits',
  member: string,
  input: string | number,
): bigint {
  const money = parseMoney(member, input)
  if ('problem' in money) throw new Problem(code, money.problem)
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
    'invalid_reference',
    `${member} must be at most ${MAX_REFERENCE_LENGTH} characters without control characters`,
  )
}

/** Whether it can be a name, a reference or a reason. It may be empty. */
export function isText(text: string): boolean {
  return TEXT.test(text)
}

/** What no hold and no transaction has as its id. */
const NO_ID = 0

/** Reads the id of a hold or a transaction: digits, as answers write it. Anything else is the id of none. */
export function idFrom(input: string | number): number {
  const id = /^[1-9]\d{0,15}$/.test(String(input)) ? Number(input) : NO_ID
  return Number.isSafeInteger(id) ? id : NO_ID
}
