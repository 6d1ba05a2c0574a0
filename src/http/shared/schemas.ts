import type { FromSchema } from 'json-schema-to-ts'

/**
 * The schemas that several routes share: they validate requests, type replies and make the documentation. They are plain
 * JSON Schema but for `invalid`, the error for a member that does not fit, and `documented`, what the documentation has
 * in the place of the schema. What has a title is documented once, under that name.
 */

interface AnswerSchema<Properties> {
  readonly title: string
  readonly type: 'object'
  readonly description?: string
  readonly required: readonly (keyof Properties & string)[]
  readonly properties: Properties
  readonly additionalProperties: false
}

/** The schema of an answer, which has all of the members and no other. */
export function answer<const Properties extends Readonly<Record<string, object>>>(
  title: string,
  properties: Properties,
  description?: string,
): AnswerSchema<Properties>
export function answer(title: string, properties: object, description?: string): object {
  const required = Object.keys(properties)
  const about = description === undefined ? {} : { description }
  return { title, type: 'object', ...about, required, properties, additionalProperties: false }
}

export const Money = {
  title: 'Money',
  type: 'string',
  pattern: '^-?\\d+\\.\\d{2}$',
  description: 'A decimal with two places.',
  examples: ['500.00'],
} as const

export const Timestamp = {
  title: 'Timestamp',
  type: 'string',
  format: 'date-time',
  description: 'ISO 8601, UTC.',
  examples: ['2026-11-22T09:30:00.000Z'],
} as const

/** A time as answers write it: ISO 8601, UTC. */
export function timestampOf(atMs: number): string {
  return new Date(atMs).toISOString()
}

export const TransactionId = {
  type: 'string',
  description: 'Names the transaction.',
  examples: ['42'],
} as const

/** Words of the sender's own, as answers show them. */
export const Reference = {
  type: ['string', 'null'],
  description: "The sender's own words for it; null if there were none.",
  examples: ['rent for May'],
} as const

export const AccountNumber = {
  title: 'AccountNumber',
  type: 'string',
  description: 'The number of the account.',
  examples: ['1001'],
} as const

/** The members of a query that asks for a page. */
export const pageMembers = {
  limit: {
    type: 'string',
    pattern: '^(?:[1-9]\\d{0,2}|1000)$',
    documented: { type: 'integer', minimum: 1, maximum: 1000, examples: [100] },
    description: 'Answer one page of at most this many, 1 to 1000.',
    invalid: ['invalid_page'],
  },
  cursor: {
    title: 'Cursor',
    type: 'string',
    maxLength: 64,
    description: 'Where the page starts: from the Link header of the page before.',
    invalid: ['invalid_page', 'cursor must be taken from the Link header of the page before'],
  },
} as const

/** A schema that has one of several forms, by the values of one of its members. */
export function discriminated<Name extends string>(
  title: string,
  propertyName: Name,
  forms: readonly {
    readonly title: string
    readonly properties: Readonly<Record<Name, { readonly enum: readonly string[] }>>
  }[],
): Readonly<Record<string, unknown>> {
  const mapping = forms.flatMap((form) =>
    form.properties[propertyName].enum.map((value) => [value, `#/components/schemas/${form.title}`]),
  )
  return { title, oneOf: forms, discriminator: { propertyName, mapping: Object.fromEntries(mapping) } }
}

export const AccountParams = {
  type: 'object',
  required: ['account_number'],
  properties: { account_number: AccountNumber },
} as const

export type AccountParams = FromSchema<typeof AccountParams>

export const Balance = answer('Balance', { account_number: AccountNumber, balance: Money })

export type Balance = FromSchema<typeof Balance>
