import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { FromSchema } from 'json-schema-to-ts'
import type { Ledger } from '../../service/ledger.ts'
import { balanceAfter, isInternal, type Posting } from '../../ledger/postings.ts'
import { formatCents } from '../../money.ts'
import { encodeCursor } from '../shared/cursor.ts'
import { HistoryQuery, pageOf, select, type Selection } from './select-history.ts'
import { pagesOf } from './posting-range.ts'
import { Problem } from '../errors/problem.ts'
import { loggedAccount } from '../request-log.ts'
import { idFrom } from '../shared/members.ts'
import { accountErrors, errorResponse, linkHeader, okResponse, readErrors } from '../shared/responses.ts'
import {
  answer,
  AccountNumber,
  AccountParams,
  Money,
  Timestamp,
  timestampOf,
  TransactionId,
} from '../shared/schemas.ts'
import { HistoryType, Transaction, transactionOf, typeSeenFrom } from './transaction-response.ts'

export const HistoryRow = answer('HistoryRow', {
  ts: Timestamp,
  type: HistoryType,
  amount: Money,
  balance: { ...Money, description: 'The balance after it.', examples: ['510.00'] },
})

const Transactions = answer('Transactions', {
  account_number: AccountNumber,
  transactions: { type: 'array', items: HistoryRow },
})

interface TransactionsRoute {
  Params: AccountParams
  Querystring: HistoryQuery
  Reply: FromSchema<typeof Transactions> | Readable
}

export function transactionRoutes(app: FastifyInstance, ledger: Ledger): void {
  app.get<TransactionsRoute>(
    '/accounts/:account_number/transactions',
    {
      schema: {
        operationId: 'listTransactions',
        summary: 'Transaction history',
        description:
          'All transactions of the account, or those of some types and of a period, oldest first: streamed, or in ' +
          'pages with limit.',
        tags: ['accounts'],
        params: AccountParams,
        querystring: HistoryQuery,
        response: {
          200: okResponse('The transactions.', Transactions, linkHeader),
          ...accountErrors,
          422: errorResponse('The limit, the cursor or a filter is not valid.', 'invalid_page'),
        },
      },
    },
    async (request, reply) => {
      const { query } = request
      const { account_number: number } = request.params
      request.loggedDetails = { account: loggedAccount(number) }
      const selection = await select(ledger, number, query)
      if (query.limit === undefined) {
        return reply
          .type('application/json; charset=utf-8')
          .send(Readable.from(streamed(ledger, selection), { highWaterMark: 1 }))
      }
      const { page, hasMore } = await pageOf(ledger, selection, Number(query.limit))
      const last = page.at(-1)
      if (hasMore && last !== undefined) reply.header('link', nextLink(number, query, last))
      return { account_number: number, transactions: page.map((posting) => rowOf(selection, posting)) }
    },
  )
}

function nextLink(number: string, { limit, type, from, to }: HistoryQuery, last: Posting): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries({ limit, type, from, to })) {
    if (value !== undefined) query.set(name, value)
  }
  query.set('cursor', encodeCursor(last.id))
  return `</accounts/${encodeURIComponent(number)}/transactions?${query.toString()}>; rel="next"`
}

/** All of it as a body in pieces, so that memory stays flat however long it is. */
async function* streamed(ledger: Ledger, selection: Selection): AsyncGenerator<string> {
  const { account, includes } = selection
  yield `{"account_number":${JSON.stringify(account.number)},"transactions":[`
  let separator = ''
  for await (const page of pagesOf(ledger, account.id, selection)) {
    const rows = includes === undefined ? page : page.filter(includes)
    if (rows.length === 0) continue
    yield separator + rows.map((posting) => JSON.stringify(rowOf(selection, posting))).join(',')
    separator = ','
  }
  yield ']}'
}

/** A posting as the account's owner sees it. */
function rowOf({ account }: Selection, posting: Posting): FromSchema<typeof HistoryRow> {
  return {
    ts: timestampOf(posting.atMs),
    type: historyType(typeSeenFrom(account.id, posting)),
    amount: formatCents(posting.amount),
    balance: formatCents(balanceAfter(posting, account.id)),
  }
}

function historyType(type: ReturnType<typeof typeSeenFrom>): FromSchema<typeof HistoryType> {
  if (type === 'opening') throw new TypeError('an opening balance is no part of a history')
  return type
}

const TransactionParams = {
  type: 'object',
  required: ['id'],
  properties: { id: { ...TransactionId, description: 'The id of the transaction.' } },
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
          'The transaction with all that there is to say of it, seen from the account that paid or, for cash that came in, ' +
          'from the account that was paid.',
        tags: ['accounts'],
        params: TransactionParams,
        response: {
          200: okResponse('The transaction.', Transaction),
          404: errorResponse('There is no such transaction.', 'transaction_not_found'),
          ...readErrors,
        },
      },
    },
    async (request) => {
      const found = await ledger.reads.posting(idFrom(request.params.id))
      if (found === undefined || isInternal(found.posting)) throw new Problem('transaction_not_found')
      const transaction = await transactionOf(ledger, found.posting, found.reversedAmount)
      request.loggedDetails = { account: transaction.account_number, transaction: transaction.id }
      return transaction
    },
  )
}
