import type { FastifyInstance } from 'fastify'
import type { FromSchema } from 'json-schema-to-ts'
import { type AccountLimits, MAX_DAILY_COUNT } from '../../ledger/accounts.ts'
import type { ChangeAccount } from '../../ledger/commands/change-account.ts'
import type { Ledger } from '../../service/ledger.ts'
import { Account, AccountStatus, accountView } from './account-response.ts'
import { Problem } from '../errors/problem.ts'
import { loggedAccount } from '../request-log.ts'
import { execute } from '../shared/execute.ts'
import { IdempotencyHeaders, idempotencyKeyFrom, moneyFrom } from '../shared/members.ts'
import { accountErrors, commandErrors, okResponse, replayedHeader } from '../shared/responses.ts'
import { AccountParams } from '../shared/schemas.ts'

const LimitInput = {
  title: 'LimitInput',
  anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'null' }],
  description: 'Money, 0.00 or more; null for that of the deployment.',
} as const

const ChangeBody = {
  title: 'AccountChange',
  type: 'object',
  properties: {
    status: {
      ...AccountStatus,
      invalid: ['invalid_status'],
      description:
        'The status that the account has may be sent again. A closed account stays closed: all else is declined.',
    },
    limits: {
      type: 'object',
      properties: {
        overdraft: LimitInput,
        withdrawal: LimitInput,
        daily_amount: LimitInput,
        daily_count: {
          type: ['integer', 'null'],
          minimum: 0,
          maximum: MAX_DAILY_COUNT,
          description: `A whole number, 0 to ${MAX_DAILY_COUNT}; null for that of the deployment.`,
        },
      },
      invalid: [
        'invalid_limits',
        `limits must be an object of overdraft, withdrawal, daily_amount (money or null) and daily_count (a whole number from 0 to ${MAX_DAILY_COUNT}, or null)`,
      ],
      description: 'Those that are sent are set, and the others stay.',
    },
  },
  examples: [{ status: 'open', limits: { overdraft: '100.00', daily_count: null } }],
  description: 'At least one of status and limits. Unknown members are ignored.',
} as const

type ChangeBody = FromSchema<typeof ChangeBody>

interface ChangeRoute {
  Params: AccountParams
  Headers: IdempotencyHeaders
  Body: ChangeBody
  Reply: Account
}

const schemas = {
  get: {
    operationId: 'getAccount',
    summary: 'An account',
    description: 'The account, with what is held, what is available, and the limits in effect.',
    tags: ['accounts'],
    params: AccountParams,
    response: { 200: okResponse('The account.', Account), ...accountErrors },
  },
  change: {
    operationId: 'changeAccount',
    summary: 'Change an account',
    description:
      'Freezes, unfreezes or closes the account, or sets limits. To be closed, it must have a balance of 0.00 and no open hold.',
    tags: ['accounts'],
    params: AccountParams,
    headers: IdempotencyHeaders,
    body: ChangeBody,
    response: {
      200: okResponse('The account.', Account, replayedHeader),
      ...commandErrors('account_closed', 'account_has_balance', 'account_has_holds', 'account_not_found'),
    },
  },
} as const

export function accountRoutes(app: FastifyInstance, ledger: Ledger): void {
  app.get<{ Params: AccountParams; Reply: Account }>(
    '/accounts/:account_number',
    { schema: schemas.get },
    async (request) => {
      const number = request.params.account_number
      request.loggedDetails = { account: loggedAccount(number) }
      const account = await ledger.details(number)
      if (account === undefined) throw new Problem('account_not_found')
      return accountView(account)
    },
  )

  app.patch<ChangeRoute>('/accounts/:account_number', { schema: schemas.change }, async (request, reply) => {
    const command = {
      kind: 'change',
      account: request.params.account_number,
      ...changesIn(request.body),
      ...idempotencyKeyFrom(request.headers),
    } as const
    const { account } = await execute(ledger, reply, command, 'changed')
    // Who holds it and since when never changes, so a replay answers it the same.
    const { name, openedAtMs } = (await ledger.details(account.number)) ?? {}
    return accountView({ ...account, name, openedAtMs })
  })
}

function changesIn({ status, limits }: ChangeBody): Pick<ChangeAccount, 'status' | 'limits'> {
  const changed = limitsFrom(limits ?? {})
  if (status === undefined && Object.keys(changed).length === 0) {
    throw new Problem(
      'invalid_body',
      'send status, or limits with at least one of overdraft, withdrawal, daily_amount and daily_count',
    )
  }
  return { ...(status !== undefined && { status }), ...(limits !== undefined && { limits: changed }) }
}

function limitsFrom(input: NonNullable<ChangeBody['limits']>): Partial<AccountLimits> {
  const { overdraft, withdrawal, daily_amount: dailyAmount, daily_count: dailyCount } = input
  return {
    ...(overdraft !== undefined && { overdraft: limitFrom('overdraft', overdraft) }),
    ...(withdrawal !== undefined && { withdrawal: limitFrom('withdrawal', withdrawal) }),
    ...(dailyAmount !== undefined && { dailyAmount: limitFrom('daily_amount', dailyAmount) }),
    ...(dailyCount !== undefined && { dailyCount: dailyCount ?? undefined }),
  }
}

function limitFrom(member: string, input: string | number | null): bigint | undefined {
  return input === null ? undefined : moneyFrom('invalid_limits', member, input)
}
