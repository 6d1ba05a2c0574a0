import type { FastifyInstance } from 'fastify'
import type { Ledger } from '../ledger/ledger.ts'
import { formatCents } from '../money.ts'
import { problemFor } from './problems.ts'
import { loggedAccount } from './request-log.ts'
import { AccountParams, answered, Balance, accountErrors } from './schemas.ts'

export function balanceRoutes(app: FastifyInstance, ledger: Ledger): void {
  app.get<{ Params: AccountParams; Reply: Balance }>(
    '/accounts/:account_number/balance',
    {
      schema: {
        operationId: 'getBalance',
        summary: 'Balance inquiry',
        description: 'The current balance of the account.',
        tags: ['accounts'],
        params: AccountParams,
        response: { 200: answered('The balance.', Balance), ...accountErrors },
      },
    },
    async (request) => {
      request.loggedDetails = { account: loggedAccount(request.params.account_number) }
      const account = await ledger.account(request.params.account_number)
      if (account === undefined) throw problemFor('account_not_found')
      return { account_number: request.params.account_number, balance: formatCents(account.balance) }
    },
  )
}
