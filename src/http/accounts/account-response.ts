import type { FromSchema } from 'json-schema-to-ts'
import { type AccountDetails, accountStatuses } from '../../ledger/accounts.ts'
import { formatCents } from '../../money.ts'
import { answer, AccountNumber, Money, Timestamp, timestampOf } from '../shared/schemas.ts'

const Limit = { ...Money, type: ['string', 'null'] } as const

export const AccountStatus = {
  title: 'AccountStatus',
  type: 'string',
  enum: accountStatuses,
  description: 'A frozen account takes money in and gives none out; a closed one does neither, forever.',
} as const

export const Limits = answer(
  'Limits',
  {
    overdraft: { ...Money, description: 'What the account may owe.', examples: ['0.00'] },
    withdrawal: {
      ...Limit,
      description: 'The largest withdrawal; null for no limit.',
      examples: ['1000.00'],
    },
    daily_amount: {
      ...Limit,
      description: 'The most that may be withdrawn on one day; null for no limit.',
      examples: [null],
    },
    daily_count: {
      type: ['integer', 'null'],
      description: 'The most withdrawals on one day; null for no limit.',
      examples: [null],
    },
  },
  'Those in effect: of the account itself, or else of the deployment.',
)

export const Account = answer('Account', {
  account_number: AccountNumber,
  name: {
    type: ['string', 'null'],
    description: "The holder's name; null if none was given.",
    examples: ['Ada Lovelace'],
  },
  status: AccountStatus,
  balance: Money,
  held: { ...Money, description: 'What holds keep from all other use.', examples: ['25.00'] },
  available: {
    ...Money,
    description: 'What may be taken out: the balance less what is held, and the overdraft.',
    examples: ['475.00'],
  },
  limits: Limits,
  opened_at: {
    ...Timestamp,
    type: ['string', 'null'],
    description: 'ISO 8601, UTC; null where an older version of the service has opened it.',
  },
})

export type Account = FromSchema<typeof Account>

/** The account as answers show it. */
export function accountView(account: AccountDetails): Account {
  const { number, name, status, balance, held, available, limits, openedAtMs } = account
  return {
    account_number: number,
    name: name ?? null,
    status,
    balance: formatCents(balance),
    held: formatCents(held),
    available: formatCents(available),
    limits: {
      overdraft: formatCents(limits.overdraft),
      withdrawal: moneyOrNull(limits.withdrawal),
      daily_amount: moneyOrNull(limits.dailyAmount),
      daily_count: limits.dailyCount ?? null,
    },
    opened_at: openedAtMs === undefined ? null : timestampOf(openedAtMs),
  }
}

function moneyOrNull(cents: bigint | undefined): string | null {
  return cents === undefined ? null : formatCents(cents)
}
