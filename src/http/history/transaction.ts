import type { FastifyInstance } from 'fastify'
import type { FromSchema } from 'json-schema-to-ts'
import type { Ledger } from '../../service/ledger.ts'
import { idFrom } from '../shared/ids.ts'
import { problemFor } from '../errors/problem.ts'
import { okResponse, commonErrors, errorResponse, unavailable } from '../shared/schemas.ts'
import { Transaction, transactionOf } from './transaction-response.ts'

const TransactionParams = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', description: 'The id of the transaction.', examples: ['42'] } },
} as const

interface TransactionRoute {
  Params: FromSchema<typeof TransactionParams>
  Reply: Transaction
}

export function transactionRoute(app: FastifyInstance, ledger: Ledger): void {
  app.get<TransactionRoute>(
    '/transactions/:id',
    {
      schema: {
        operationId: 'getTransaction',
        summary: 'One transaction',
        description:
          'The transaction with all that is told of it, seen from the account that paid or, for cash that came in, ' +
          'from the account that was paid.',
        tags: ['accounts'],
        params: TransactionParams,
        response: {
          200: okResponse('The transaction.', Transaction),
          404: errorResponse('There is no such transaction.', problemFor('transaction_not_found')),
          ...commonErrors,
          503: unavailable('The transaction cannot be read now; try again.'),
        },
      },
    },
    async (request) => {
      const found = await ledger.reads.posting(idFrom(request.params.id))
      if (found === undefined) throw problemFor('transaction_not_found')
      const transaction = await transactionOf(ledger, found.posting, found.reversedAmount)
      request.loggedDetails = { account: transaction.account_number, transaction: transaction.id }
      return transaction
    },
  )
}
