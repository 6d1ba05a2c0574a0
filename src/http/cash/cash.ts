import type { FastifyInstance } from 'fastify'
import type { FromSchema } from 'json-schema-to-ts'
import type { Ledger } from '../../service/ledger.ts'
import { customerBalance } from '../../ledger/postings.ts'
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
import { AccountParams, Balance } from '../shared/schemas.ts'

const OperationBody = {
  title: 'CashOperation',
  type: 'object',
  required: ['amount'],
  properties: { amount: AmountInput, reference: ReferenceInput },
  examples: [{ amount: '10.00' }],
  description: 'Unknown members are ignored.',
} as const

interface OperationRoute {
  Params: AccountParams
  Headers: IdempotencyHeaders
  Body: FromSchema<typeof OperationBody>
  Reply: Balance
}

const operations = {
  deposit: {
    documentation: {
      operationId: 'deposit',
      summary: 'Deposit money',
      description: 'Adds the amount to the account. Answered once it is durable.',
    },
    rejected: commandErrors(
      'balance_limit_exceeded',
      'account_closed',
      'cash_limit_exceeded',
      'account_not_found',
    ),
  },
  withdraw: {
    documentation: {
      operationId: 'withdraw',
      summary: 'Withdraw money',
      description:
        'Takes the amount out of the account, never more than is available. Answered once it is durable.',
    },
    rejected: commandErrors(
      'insufficient_funds',
      'account_closed',
      'account_frozen',
      'withdrawal_limit_exceeded',
      'daily_amount_limit_exceeded',
      'daily_count_limit_exceeded',
      'cash_limit_exceeded',
      'account_not_found',
    ),
  },
} as const

export function operationRoutes(app: FastifyInstance, ledger: Ledger): void {
  addRoute(app, ledger, 'deposit')
  addRoute(app, ledger, 'withdraw')
}

function addRoute(app: FastifyInstance, ledger: Ledger, kind: 'deposit' | 'withdraw'): void {
  const { documentation, rejected } = operations[kind]
  const schema = {
    ...documentation,
    tags: ['accounts'],
    params: AccountParams,
    headers: IdempotencyHeaders,
    body: OperationBody,
    response: { 200: okResponse('The balance after it.', Balance, replayedHeader), ...rejected },
  }
  app.post<OperationRoute>(`/accounts/:account_number/${kind}`, { schema }, async (request, reply) => {
    const account = request.params.account_number
    const command = {
      kind,
      account,
      amount: amountFrom(request.body.amount),
      ...referenceFrom(request.body.reference),
      ...idempotencyKeyFrom(request.headers),
    }
    const { posting } = await execute(ledger, reply, command, 'posted')
    return { account_number: account, balance: formatCents(customerBalance(posting)) }
  })
}
