import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { FromSchema } from 'json-schema-to-ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Account, Posting } from '../ledger/postings.ts'
import { formatCents } from '../money.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { problemFor, problems } from './problems.ts'
import { loggedAccount } from './request-log.ts'
import { AccountParams, answered, accountErrors, failed, Money } from './schemas.ts'

/** Small enough that other requests are served between two pieces of a long history. */
const STREAMED_POSTINGS = 50

const Transaction = {
  type: 'object',
  required: ['ts', 'type', 'amount', 'balance'],
  properties: {
    ts: { type: 'string', description: 'ISO 8601, UTC.', examples: ['2026-11-22T09:30:00.000Z'] },
    type: { type: 'string', enum: ['deposit', 'withdraw'] },
    amount: Money,
    balance: { type: 'string', description: 'The balance after it.', examples: ['510.00'] },
  },
  additionalProperties: false,
} as const

const Transactions = {
  type: 'object',
  required: ['account_number', 'transactions'],
  properties: {
    account_number: { type: 'string', examples: ['1001'] },
    transactions: { type: 'array', items: Transaction },
  },
  additionalProperties: false,
} as const

const Page = {
  type: 'object',
  properties: {
    limit: {
      type: 'string',
      pattern: '^(?:[1-9]\\d{0,2}|1000)$',
      description: 'Answer one page of at most so many, 1 to 1000.',
      examples: ['100'],
    },
    cursor: {
      type: 'string',
      maxLength: 64,
      description: 'Where the page starts: from the Link header of the page before.',
    },
  },
} as const

interface TransactionsRoute {
  Params: AccountParams
  Querystring: FromSchema<typeof Page>
  Reply: FromSchema<typeof Transactions> | Readable
}

const linkHeader = {
  Link: {
    description: 'With limit, while there is more: where the next page is, with rel="next".',
    type: 'string',
    examples: ['</accounts/1001/transactions?limit=100&cursor=YWZ0ZXIgNDI>; rel="next"'],
  },
}

export function transactionRoutes(app: FastifyInstance, ledger: Ledger): void {
  app.get<TransactionsRoute>(
    '/accounts/:account_number/transactions',
    {
      schema: {
        operationId: 'listTransactions',
        summary: 'Transaction history',
        description:
          'All deposits and withdrawals of the account, oldest first: streamed, or in pages with limit.',
        tags: ['accounts'],
        params: AccountParams,
        querystring: Page,
        response: {
          200: answered('The transactions.', Transactions, linkHeader),
          ...accountErrors,
          422: failed('The limit or cursor is not valid.', problems.badLimit),
        },
      },
    },
    async (request, reply) => {
      const { limit, cursor } = request.query
      request.loggedDetails = { account: loggedAccount(request.params.account_number) }
      const account = await ledger.account(request.params.account_number)
      if (account === undefined) throw problemFor('account_not_found')
      const afterId = cursor === undefined ? 0 : await startOfPage(ledger, account, cursor)
      if (limit === undefined) {
        return reply
          .type('application/json; charset=utf-8')
          .send(Readable.from(pieces(ledger, account, afterId), { highWaterMark: 1 }))
      }
      const postings = await ledger.history(account.id, afterId, Number(limit) + 1)
      const page = postings.slice(0, Number(limit))
      const last = page.at(-1)
      if (postings.length > page.length && last !== undefined) {
        const path = `/accounts/${encodeURIComponent(request.params.account_number)}/transactions`
        reply.header('link', `<${path}?limit=${limit}&cursor=${encodeCursor(last.id)}>; rel="next"`)
      }
      return {
        account_number: request.params.account_number,
        transactions: page.map((posting) => transaction(account, posting)),
      }
    },
  )
}

/** The id of the posting that the page comes after. A cursor that names no posting of this account is not one of ours. */
async function startOfPage(ledger: Ledger, account: Account, cursor: string): Promise<number> {
  const id = decodeCursor(cursor)
  const [named] = id === undefined ? [] : await ledger.history(account.id, id - 1, 1)
  if (id === undefined || named?.id !== id) throw problems.badCursor
  return id
}

/** The whole history as a body in pieces, so that memory stays flat however long it is. */
async function* pieces(ledger: Ledger, account: Account, afterId: number): AsyncGenerator<string> {
  yield `{"account_number":${JSON.stringify(account.number)},"transactions":[`
  let separator = ''
  let lastId = afterId
  let postings: readonly Posting[]
  do {
    postings = await ledger.history(account.id, lastId, STREAMED_POSTINGS)
    if (postings.length > 0) {
      yield separator + postings.map((posting) => JSON.stringify(transaction(account, posting))).join(',')
    }
    separator = ','
    // A client that reads fast must not keep the thread from all the others.
    await setImmediate()
    lastId = postings.at(-1)?.id ?? lastId
  } while (postings.length === STREAMED_POSTINGS)
  yield ']}'
}

/** A posting as the account's owner sees it. */
function transaction(account: Account, posting: Posting): FromSchema<typeof Transaction> {
  if (posting.kind === 'opening') throw new TypeError('an opening balance is no part of a history')
  return {
    ts: new Date(posting.atMs).toISOString(),
    type: posting.kind,
    amount: formatCents(posting.amount),
    balance: formatCents(
      posting.creditAccountId === account.id ? posting.creditBalance : posting.debitBalance,
    ),
  }
}
