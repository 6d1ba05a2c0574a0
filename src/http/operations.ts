import type { FastifyInstance } from 'fastify'
import type { FromSchema } from 'json-schema-to-ts'
import type { Deposit, Outcome, Withdrawal } from '../ledger/commands.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { customerBalance, type Posting } from '../ledger/postings.ts'
import { formatCents, parseAmount } from '../money.ts'
import { Problem, problemFor, problems, sentencesOf } from './problems.ts'
import { loggedAccount, type LoggedDetails } from './request-log.ts'
import { AccountParams, answered, Balance, accountErrors, failed, unavailable } from './schemas.ts'

const AmountBody = {
  type: 'object',
  required: ['amount'],
  properties: {
    amount: {
      anyOf: [{ type: 'string' }, { type: 'number' }],
      description: 'What to move, more than 0. More than two places are rounded half up.',
    },
  },
  examples: [{ amount: '10.00' }],
  description: 'Unknown members are ignored.',
} as const

const IdempotencyHeaders = {
  type: 'object',
  properties: {
    'idempotency-key': {
      type: 'string',
      pattern: '^[\\x21-\\x7e]{1,255}$',
      description:
        'Names this request, such as "unique-key-123", so that a retry has no second effect. 1 to 255 visible ASCII characters.',
    },
  },
} as const

interface OperationRoute {
  Params: AccountParams
  Headers: FromSchema<typeof IdempotencyHeaders>
  Body: FromSchema<typeof AmountBody>
  Reply: Balance
}

const replayedHeader = {
  'Idempotency-Replayed': {
    description: 'Sent when this is the kept answer to an earlier request with the same key.',
    type: 'string',
    enum: ['true'],
    examples: ['true'],
  },
}

const operations = {
  deposit: {
    operationId: 'deposit',
    summary: 'Deposit money',
    description: 'Adds the amount to the account. Answered once it is durable.',
  },
  withdraw: {
    operationId: 'withdraw',
    summary: 'Withdraw money',
    description:
      'Takes the amount out of the account, never more than it holds. Answered once it is durable.',
  },
} as const

export function operationRoutes(app: FastifyInstance, ledger: Ledger): void {
  addRoute(app, ledger, 'deposit')
  addRoute(app, ledger, 'withdraw')
}

function addRoute(app: FastifyInstance, ledger: Ledger, kind: 'deposit' | 'withdraw'): void {
  const schema = {
    ...operations[kind],
    tags: ['accounts'],
    params: AccountParams,
    headers: IdempotencyHeaders,
    body: AmountBody,
    response: {
      200: answered('The balance after it.', Balance, replayedHeader),
      400: failed(
        `The ledger declined: ${sentencesOf(400).join(', ')}.`,
        problemFor('insufficient_funds'),
        replayedHeader,
      ),
      ...accountErrors,
      413: failed('The body is too large.', problems.tooLarge),
      415: failed('The body is not JSON.', problems.notJson),
      422: failed('The request is not valid.', problems.notPositive),
      503: unavailable(
        'The work cannot be accepted now, or the store was lost in the middle of it: the sentence says which. ' +
          'Try again with the same Idempotency-Key.',
      ),
    },
  }
  app.post<OperationRoute>(`/accounts/:account_number/${kind}`, { schema }, async (request, reply) => {
    const amount = parseAmount(request.body.amount)
    if ('problem' in amount) throw new Problem(422, 'invalid_amount', amount.problem)
    const key = request.headers['idempotency-key']
    const command: Deposit | Withdrawal = {
      kind,
      account: request.params.account_number,
      amount: amount.cents,
      ...(key !== undefined && { idempotencyKey: key }),
    }
    const outcome = await ledger.submit(command)
    request.loggedDetails = logged(command, outcome)
    if (outcome.replayed) reply.header('idempotency-replayed', 'true')
    return { account_number: command.account, balance: formatCents(customerBalance(postingOf(outcome))) }
  })
}

function postingOf(outcome: Outcome): Posting {
  if (outcome.status === 'posted') return outcome.posting
  if (outcome.status === 'rejected') throw problemFor(outcome.reason)
  throw new TypeError('a deposit or withdrawal does not open an account')
}

function logged(command: Deposit | Withdrawal, outcome: Outcome): LoggedDetails {
  return {
    account: loggedAccount(command.account),
    operation: command.kind,
    amount: formatCents(command.amount),
    idempotencyKey: command.idempotencyKey,
    replayed: outcome.replayed,
    ...(outcome.status === 'posted' && { balance: formatCents(customerBalance(outcome.posting)) }),
    ...(outcome.status === 'rejected' && { reason: outcome.reason }),
  }
}
