import type { FastifyInstance } from 'fastify'
import type { FromSchema } from 'json-schema-to-ts'
import type { Reverse } from '../../ledger/commands/reverse.ts'
import type { Ledger } from '../../service/ledger.ts'
import { amountFrom, AmountInput, ReferenceInput, textFrom } from '../shared/body-members.ts'
import { execute } from '../shared/execute.ts'
import { commandErrors } from '../shared/command-responses.ts'
import { IdempotencyHeaders, KEY_PATTERN, replayedHeader, idempotencyKeyFrom } from '../shared/idempotency.ts'
import { idFrom } from '../shared/ids.ts'
import { Problem } from '../errors/problem.ts'
import { Hold, holdView } from '../holds/hold-response.ts'
import { okResponse, Timestamp } from '../shared/schemas.ts'
import { timestampOf, Transaction, transactionOf } from '../history/transaction-response.ts'

const ReversalBody = {
  type: 'object',
  properties: {
    transaction_id: {
      anyOf: [{ type: 'string' }, { type: 'integer' }],
      description: 'The transaction to give back.',
      examples: ['42'],
    },
    idempotency_key: {
      type: 'string',
      pattern: KEY_PATTERN,
      description: 'The Idempotency-Key of the request to give back, which may never have arrived.',
    },
    amount: {
      ...AmountInput,
      description:
        'What to give back, at most what is left of it; all of that where it is not said. A hold is freed as a whole: with an amount, its reversal is declined.',
    },
    reason: { ...ReferenceInput, examples: ['charged twice'] },
  },
  examples: [{ transaction_id: '42', reason: 'charged twice' }],
  description: 'Exactly one of transaction_id and idempotency_key. Unknown members are ignored.',
} as const

type ReversalBody = FromSchema<typeof ReversalBody>

const Reversal = {
  type: 'object',
  required: ['status'],
  properties: {
    status: {
      type: 'string',
      enum: ['reversed', 'released', 'key_closed'],
      description:
        'Whether money was given back or, where a hold was under the key, freed or, where nothing was, the key was closed: the request that still comes under it is declined.',
      examples: ['reversed'],
    },
    transaction: { ...Transaction, description: 'With `reversed`: the transaction that gives it back.' },
    hold: { ...Hold, description: 'With `released`: the hold that was placed under the key.' },
    key_closed_until: {
      ...Timestamp,
      description: 'With `key_closed`: how long it stays so. ISO 8601, UTC.',
    },
  },
  additionalProperties: false,
} as const

interface ReversalRoute {
  Headers: IdempotencyHeaders
  Body: ReversalBody
  Reply: FromSchema<typeof Reversal>
}

const schema = {
  operationId: 'reverse',
  summary: 'Reverse a transaction',
  description:
    'Gives back all or part of what a transaction moved, never more than that in total. By the Idempotency-Key of a ' +
    'request that was never answered, it makes sure that nothing stays moved or held, whether that request arrived or not.',
  tags: ['reversals'],
  headers: IdempotencyHeaders,
  body: ReversalBody,
  response: {
    200: okResponse('The reversal.', Reversal, replayedHeader),
    ...commandErrors(
      'reversal_exceeds_transaction',
      'not_reversible',
      'account_closed',
      'account_frozen',
      'insufficient_funds',
      'hold_captured',
      'hold_expired',
      'balance_limit_exceeded',
      'cash_limit_exceeded',
      'transaction_not_found',
    ),
  },
}

export function reversalRoutes(app: FastifyInstance, ledger: Ledger): void {
  app.post<ReversalRoute>('/reversals', { schema }, async (request, reply) => {
    const { amount, reason } = request.body
    const command: Reverse = {
      kind: 'reverse',
      original: originalIn(request.body),
      ...(amount !== undefined && { amount: amountFrom(amount) }),
      ...(reason !== undefined && { reason: textFrom('reason', reason) }),
      ...idempotencyKeyFrom(request.headers),
    }
    const outcome = await execute(ledger, reply, command, 'posted', 'released', 'key_closed')
    if (outcome.status === 'posted')
      return { status: 'reversed', transaction: await transactionOf(ledger, outcome.posting, 0n) }
    if (outcome.status === 'released')
      return { status: 'released', hold: holdView(outcome.hold, outcome.hold.state) }
    return { status: 'key_closed', key_closed_until: timestampOf(outcome.untilMs) }
  })
}

function originalIn(body: ReversalBody): Reverse['original'] {
  const { transaction_id: transactionId, idempotency_key: idempotencyKey } = body
  if (transactionId !== undefined && idempotencyKey === undefined) return { postingId: idFrom(transactionId) }
  if (transactionId === undefined && idempotencyKey !== undefined) return { idempotencyKey }
  throw new Problem(
    422,
    'invalid_original',
    'send either transaction_id or idempotency_key, to say what to reverse',
  )
}
