import type { FastifyInstance } from 'fastify'
import type { FromSchema } from 'json-schema-to-ts'
import type { Ledger } from '../../service/ledger.ts'
import { formatCents } from '../../money.ts'
import { balanceAt } from '../history/posting-range.ts'
import { Problem } from '../errors/problem.ts'
import { loggedAccount } from '../request-log.ts'
import { accountErrors, errorResponse, okResponse } from '../shared/responses.ts'
import { AccountParams, Balance, Timestamp, timestampOf } from '../shared/schemas.ts'
import { Instant, lastMoment } from '../shared/time-range.ts'

const BalanceAt = {
  ...Balance,
  title: 'BalanceAt',
  properties: {
    ...Balance.properties,
    at: { ...Timestamp, description: 'The moment of the request; missing for the current balance.' },
  },
} as const

const BalanceQuery = { type: 'object', properties: { at: Instant } } as const

interface BalanceRoute {
  Params: AccountParams
  Querystring: FromSchema<typeof BalanceQuery>
  Reply: FromSchema<typeof BalanceAt>
}

export function balanceRoutes(app: FastifyInstance, ledger: Ledger): void {
  app.get<BalanceRoute>(
    '/accounts/:account_number/balance',
    {
      schema: {
        operationId: 'getBalance',
        summary: 'Balance inquiry',
        description:
          'The balance of the account: the current one or, with at, the one that it had after all that is dated ' +
          'at or before that moment.',
        tags: ['accounts'],
        params: AccountParams,
        querystring: BalanceQuery,
        response: {
          200: okResponse('The balance.', BalanceAt),
          ...accountErrors,
          422: errorResponse('at is not valid.', new Problem(...Instant.invalid)),
        },
      },
    },
    async (request) => {
      const { account_number: number } = request.params
      request.loggedDetails = { account: loggedAccount(number) }
      const { at } = request.query
      const atMs = at === undefined ? undefined : lastMoment('at', at, ledger.timeZone)
      const account = await ledger.account(number)
      if (account === undefined) throw new Problem('account_not_found')
      if (atMs === undefined) return { account_number: number, balance: formatCents(account.balance) }
      const balance = formatCents(await balanceAt(ledger, account, atMs))
      return { account_number: number, balance, at: timestampOf(atMs) }
    },
  )
}
