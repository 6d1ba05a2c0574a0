import type { FastifyInstance } from 'fastify'
import type { FromSchema } from 'json-schema-to-ts'
import type { Ledger } from '../../service/ledger.ts'
import { formatCents } from '../../money.ts'
import { execute } from '../shared/execute.ts'
import {
  amountFrom,
  AmountInput,
  IdempotencyHeaders,
  idempotencyKeyFrom,
  referenceFrom,
  ReferenceInput,
} from '../shared/members.ts'
import { commandErrors, okResponse, replayedHeader } from '../shared/responses.ts'
import {
  answer,
  AccountNumber,
  Money,
  Reference,
  Timestamp,
  timestampOf,
  TransactionId,
} from '../shared/schemas.ts'

function party(member: string, description: string, example: string) {
  return {
    ...AccountNumber,
    description,
    examples: [example],
    invalid: ['invalid_account_number', `${member} is required, as the number of an account such as "1001"`],
  } as const
}

const TransferBody = {
  title: 'TransferOrder',
  type: 'object',
  required: ['from', 'to', 'amount'],
  properties: {
    from: party('from', 'The account that pays.', '1001'),
    to: party('to', 'The account that is paid, another one.', '1002'),
    amount: AmountInput,
    reference: ReferenceInput,
  },
  examples: [{ from: '1001', to: '1002', amount: '10.00', reference: 'rent for May' }],
  description: 'Unknown members are ignored.',
} as const

const Transfer = answer('Transfer', {
  transaction_id: TransactionId,
  ts: Timestamp,
  from: AccountNumber,
  to: { ...AccountNumber, examples: ['1002'] },
  amount: Money,
  balance: {
    ...Money,
    description: 'The balance of the paying account after it.',
    examples: ['490.00'],
  },
  reference: Reference,
})

interface TransferRoute {
  Headers: IdempotencyHeaders
  Body: FromSchema<typeof TransferBody>
  Reply: FromSchema<typeof Transfer>
}

const schema = {
  operationId: 'transfer',
  summary: 'Transfer money',
  description:
    'Moves the amount from one account to another: both sides or neither. Answered once it is durable.',
  tags: ['transfers'],
  headers: IdempotencyHeaders,
  body: TransferBody,
  response: {
    200: okResponse('The transfer.', Transfer, replayedHeader),
    ...commandErrors(
      'insufficient_funds',
      'account_closed',
      'account_frozen',
      'balance_limit_exceeded',
      'account_not_found',
      'same_account',
    ),
  },
}

export function transferRoutes(app: FastifyInstance, ledger: Ledger): void {
  app.post<TransferRoute>('/transfers', { schema }, async (request, reply) => {
    const { from, to, amount, reference } = request.body
    const command = {
      kind: 'transfer',
      from,
      to,
      amount: amountFrom(amount),
      ...referenceFrom(reference),
      ...idempotencyKeyFrom(request.headers),
    } as const
    const { posting } = await execute(ledger, reply, command, 'posted')
    return {
      transaction_id: String(posting.id),
      ts: timestampOf(posting.atMs),
      from,
      to,
      amount: formatCents(posting.amount),
      balance: formatCents(posting.debitBalance),
      reference: posting.reference ?? null,
    }
  })
}
