import { MAX_REFERENCE_LENGTH } from '../ledger/postings.ts'
import { parseAmount } from '../money.ts'
import { Problem } from './problems.ts'

/** Members that the bodies of several commands have, and how they are read. */

export const AmountInput = {
  anyOf: [{ type: 'string' }, { type: 'number' }],
  description: 'What to move, more than 0. More than two places are rounded half up.',
  examples: ['10.00'],
} as const

export const ReferenceInput = {
  type: 'string',
  description: `The sender's own words for it: at most ${MAX_REFERENCE_LENGTH} characters, no control characters.`,
  examples: ['rent for May'],
} as const

/** Control characters, and halves of characters that no store could give back. */
const UNTELLABLE = /[\p{Cc}\p{Cs}]/u

export function amountFrom(input: string | number): bigint {
  const amount = parseAmount(input)
  if ('problem' in amount) throw new Problem(422, 'invalid_amount', amount.problem)
  return amount.cents
}

/** The member of a command, or nothing where the body has none. */
export function referenceFrom(input: string | undefined): { readonly reference?: string } {
  if (input === undefined) return {}
  checkReference('reference', input)
  return { reference: input }
}

export function checkReference(member: string, text: string): void {
  if (!isText(text))
    throw new Problem(
      422,
      'invalid_reference',
      `${member} must be at most ${MAX_REFERENCE_LENGTH} characters without control characters`,
    )
}

/** Whether it is text of customers as accounts and postings keep it; what may be empty is for the caller to say. */
export function isText(text: string): boolean {
  // Code units first: they are counted at once, and no character has more than two.
  const isShort =
    text.length <= MAX_REFERENCE_LENGTH ||
    (text.length <= MAX_REFERENCE_LENGTH * 2 && [...text].length <= MAX_REFERENCE_LENGTH)
  return isShort && !UNTELLABLE.test(text)
}
