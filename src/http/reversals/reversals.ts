import type { FastifyInstance } from 'fastify'
import type { FromSchema } from 'json-schema-to-ts'
import type { Reverse } from '../../ledger/commands/reverse.ts'
import type { Ledger } from '../../service/ledger.ts'
import { Problem } from '../errors/problem.ts'
import { Transaction, transactionOf } from '../history/transaction-response.ts'
import { Hold, holdView } from '../holds/hold-response.ts'
import { execute } from '../shared/execute.ts'
import {
  amountFrom,
  AmountInput,
  idFrom,
  IdempotencyHeaders,
  idempotencyKeyFrom,
  invalidText,
  KEY_PATTERN,
  ReferenceInput,
  textFrom,
} from '../shared/members.ts'
import { commandErrors, okResponse, replayedHeader } from '../shared/responses.ts'
import { answer, discriminated, Timestamp, timestampOf } from '../shared/schemas.ts'

const ReversalBody = {
  title: 'ReversalRequest',
  type: 'object',
  properties: {
    transaction_id: {
      anyOf: [{ type: 'string' }, { type: 'integer' }],
      description: 'The transaction to give back.',
      examples: ['42'],
      invalid: ['invalid_original', 'transaction_id must be an id such as "42"'],
    },
    idempotency_key: {
      type: 'string',
      pattern: KEY_PATTERN,
      description: 'The Idempotency-Key of the request to give back, which may never have arrived.',
      invalid: ['invalid_original', 'idempotency_key must be 1 to 255 visible ASCII characters'],
    },
    amount: {
      ...AmountInput,
      description:
        'What to give back, at most what is left of it; all of that by default. A hold is freed as a whole: with an amount, its reversal is declined.',
    },
    reason: { ...ReferenceInput, examples: ['charged twice'], invalid: invalidText('reason') },
  },
  examples: [{ transaction_id: '42', reason: 'charged twice' }],
  description: 'Exactly one of transaction_id and idempotency_key. Unknown members are ignored.',
} as const

type ReversalBody = FromSchema<typeof ReversalBody>

const MoneyReversal = answer(
  'MoneyReversal',
  {
    status: { type: 'string', enum: ['reversed'] },
    transaction: { ...Transaction, description: 'The transaction that gives it back.' },
  },
  'Money was given back.',
)

const HoldReversal = answer(
  'HoldReversal',
  { status: { type: 'string', enum: ['released'] }, hold: Hold },
  'A hold was under the key, and its money was freed.',
)

const KeyReversal = {
  title: 'KeyReversal',
  type: 'object',
  description:
    'Nothing was under the key, which is closed: the request that still comes under it is declined.',
  required: ['status', 'key_closed_until'],
  properties: {
    status: { type: 'string', enum: ['key_closed'] },
    key_closed_until: { ...Timestamp, description: 'How long it stays closed. ISO 8601, UTC.' },
  },
  additionalProperties: false,
} as const

const forms = [MoneyReversal, HoldReversal, KeyReversal] as const

interface ReversalRoute {
  Headers: IdempotencyHeaders
  Body: ReversalBody
  Reply: FromSchema<(typeof forms)[number]>
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
    200: okResponse('The reversal.', discriminated('Reversal', 'status', forms), replayedHeader),
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
  throw new Problem('invalid_original')
}
