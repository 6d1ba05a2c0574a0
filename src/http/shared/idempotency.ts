import type { FromSchema } from 'json-schema-to-ts'

/** The characters that a key may have, and how many. */
export const KEY_PATTERN = '^[\\x21-\\x7e]{1,255}$'

export const IdempotencyHeaders = {
  type: 'object',
  properties: {
    'idempotency-key': {
      type: 'string',
      pattern: KEY_PATTERN,
      description:
        'Names this request, such as "unique-key-123", so that a retry has no second effect. 1 to 255 visible ASCII characters.',
    },
  },
} as const

export type IdempotencyHeaders = FromSchema<typeof IdempotencyHeaders>

export const replayedHeader = {
  'Idempotency-Replayed': {
    description: 'Sent when this is the kept answer to an earlier request with the same key.',
    type: 'string',
    enum: ['true'],
    examples: ['true'],
  },
}

/** What the headers say of a command. */
export function idempotencyKeyFrom(headers: IdempotencyHeaders): { readonly idempotencyKey?: string } {
  const key = headers['idempotency-key']
  return key === undefined ? {} : { idempotencyKey: key }
}
