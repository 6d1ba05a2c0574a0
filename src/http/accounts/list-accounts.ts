import type { FastifyInstance } from 'fastify'
import type { FromSchema } from 'json-schema-to-ts'
import type { Ledger } from '../../service/ledger.ts'
import { Account, accountView } from './account-response.ts'
import { encodeCursor, startOfPage } from '../shared/cursor.ts'
import { errorResponse, linkHeader, okResponse, readErrors } from '../shared/responses.ts'
import { answer, pageMembers } from '../shared/schemas.ts'

const DEFAULT_LIMIT = '100'

const Accounts = answer('Accounts', { accounts: { type: 'array', items: Account } })

const Page = {
  type: 'object',
  properties: {
    ...pageMembers,
    limit: {
      ...pageMembers.limit,
      description: `At most this many accounts, 1 to 1000; ${DEFAULT_LIMIT} by default.`,
    },
  },
} as const

interface AccountsRoute {
  Querystring: FromSchema<typeof Page>
  Reply: FromSchema<typeof Accounts>
}

const schema = {
  operationId: 'listAccounts',
  summary: 'All accounts',
  description: 'The accounts in the order in which they were opened, in pages.',
  tags: ['accounts'],
  querystring: Page,
  response: {
    200: okResponse('A page of accounts.', Accounts, linkHeader),
    ...readErrors,
    422: errorResponse('The limit or cursor is not valid.', 'invalid_page'),
  },
}

export function accountListRoutes(app: FastifyInstance, ledger: Ledger): void {
  app.get<AccountsRoute>('/accounts', { schema }, async (request, reply) => {
    const { limit = DEFAULT_LIMIT, cursor } = request.query
    const afterId = await startOfPage(cursor, (id) => ledger.detailsAfter(id, 1))
    const found = await ledger.detailsAfter(afterId, Number(limit) + 1)
    const page = found.slice(0, Number(limit))
    const last = page.at(-1)
    if (found.length > page.length && last !== undefined)
      reply.header('link', `</accounts?limit=${limit}&cursor=${encodeCursor(last.id)}>; rel="next"`)
    return { accounts: page.map(({ details }) => accountView(details)) }
  })
}
