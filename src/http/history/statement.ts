import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { FromSchema } from 'json-schema-to-ts'
import type { Ledger } from '../../service/ledger.ts'
import { negotiate } from '../accept.ts'
import { Problem } from '../errors/problem.ts'
import { loggedAccount } from '../request-log.ts'
import {
  accountErrors,
  dispositionHeader,
  errorResponse,
  respondingWith,
  varyHeader,
} from '../shared/responses.ts'
import { answer, AccountNumber, AccountParams, Money, Timestamp, timestampOf } from '../shared/schemas.ts'
import { csvStatement, fileNameOf } from './statement-csv.ts'
import { type StatementFormat, writtenStatement } from './write-statement.ts'
import { periodIn, TimeRange } from '../shared/time-range.ts'
import { transactionMembers } from './transaction-response.ts'

export const StatementLine = answer('StatementLine', {
  ...transactionMembers,
  balance: { ...Money, description: 'The balance after it.', examples: ['510.00'] },
})

const End = { ...Timestamp, type: ['string', 'null'] } as const

const Statement = answer('Statement', {
  account_number: AccountNumber,
  from: { ...End, description: 'The first moment of the period; null for the beginning.' },
  to: { ...End, description: 'The last moment of the period; null for that of the request.' },
  opening_balance: Money,
  lines: { type: 'array', items: StatementLine },
  total_in: Money,
  total_out: Money,
  closing_balance: Money,
})

const Csv = {
  type: 'string',
  description:
    'By RFC 4180. A header, a row with the opening balance, the lines, a row with the closing balance and one with the ' +
    'totals. A reference or account number that a spreadsheet would take for a formula has an apostrophe before it.',
  examples: [
    'ts,id,type,amount_in,amount_out,balance,counterparty,reference,reverses,hold_id\r\n' +
      ',,opening balance,,,500.00,,,,\r\n' +
      '2026-11-22T09:30:00.000Z,42,transfer_out,,5.00,495.00,1002,rent for May,,\r\n' +
      ',,closing balance,,,495.00,,,,\r\n' +
      ',,totals,0.00,5.00,,,,,\r\n',
  ],
} as const

interface StatementRoute {
  Params: AccountParams
  Querystring: FromSchema<typeof TimeRange>
  Reply: Readable
}

export function statementRoute(app: FastifyInstance, ledger: Ledger): void {
  app.get<StatementRoute>(
    '/accounts/:account_number/statement',
    {
      schema: {
        operationId: 'getStatement',
        summary: 'Account statement',
        description:
          'The opening balance of a period, all that moved money in it, the totals in and out, and the closing balance: ' +
          'as JSON, or as CSV for requests that accept text/csv. Streamed.',
        tags: ['accounts'],
        params: AccountParams,
        querystring: TimeRange,
        response: {
          200: respondingWith(
            'The statement.',
            { 'application/json': { schema: Statement }, 'text/csv': { schema: Csv } },
            { ...varyHeader, ...dispositionHeader },
          ),
          ...accountErrors,
          422: errorResponse('from or to is not valid.', new Problem(...TimeRange.properties.from.invalid)),
        },
      },
    },
    async (request, reply) => {
      const { account_number: number } = request.params
      request.loggedDetails = { account: loggedAccount(number) }
      const period = periodIn(request.query, ledger.timeZone)
      const account = await ledger.account(number)
      if (account === undefined) throw new Problem('account_not_found')
      const isCsv = negotiate(request.headers.accept, 'application/json', 'text/csv') === 'text/csv'
      reply.header('vary', 'Accept')
      if (isCsv) reply.header('content-disposition', `attachment; filename="${fileNameOf(number)}"`)
      const body = writtenStatement(ledger, account, period, isCsv ? csvStatement : jsonStatement)
      return reply
        .type(isCsv ? 'text/csv; charset=utf-8; header=present' : 'application/json; charset=utf-8')
        .send(Readable.from(body, { highWaterMark: 1 }))
    },
  )
}

const jsonStatement: StatementFormat = {
  separator: ',',
  head({ accountNumber, period, openingBalance }) {
    const members = {
      account_number: accountNumber,
      from: period.fromMs === undefined ? null : timestampOf(period.fromMs),
      to: period.toMs === undefined ? null : timestampOf(period.toMs),
      opening_balance: openingBalance,
    }
    return `${JSON.stringify(members).slice(0, -1)},"lines":[`
  },
  line: (line) => JSON.stringify(line),
  foot({ totalIn, totalOut, closingBalance }) {
    const members = { total_in: totalIn, total_out: totalOut, closing_balance: closingBalance }
    return `],${JSON.stringify(members).slice(1)}`
  },
}
