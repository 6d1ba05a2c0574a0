import type { FromSchema } from 'json-schema-to-ts'
import { type Hold as LedgerHold, holdStates, type holdStatus } from '../../ledger/holds.ts'
import { formatCents } from '../../money.ts'
import {
  answer,
  AccountNumber,
  Money,
  Reference,
  Timestamp,
  timestampOf,
  TransactionId,
} from '../shared/schemas.ts'

export const HoldStatus = {
  title: 'HoldStatus',
  type: 'string',
  enum: [...holdStates, 'expired'],
  description: 'Only an open hold keeps its money from all other use.',
  examples: ['open'],
} as const

export const Hold = answer('Hold', {
  id: { type: 'string', description: 'Names the hold.', examples: ['7'] },
  account_number: AccountNumber,
  amount: { ...Money, description: 'What is set aside, or was.', examples: ['25.00'] },
  status: HoldStatus,
  reference: Reference,
  created_at: Timestamp,
  expires_at: {
    ...Timestamp,
    type: ['string', 'null'],
    description: 'From then on it holds nothing; null for never. ISO 8601, UTC.',
  },
  captured_amount: {
    ...Money,
    type: ['string', 'null'],
    description: 'What was taken of it; null unless it was captured.',
    examples: [null],
  },
  transaction_id: {
    ...TransactionId,
    type: ['string', 'null'],
    description: 'The transaction that captured it; null unless it was captured.',
    examples: [null],
  },
})

export type Hold = FromSchema<typeof Hold>

/** The hold as answers show it; `status` is what it is at that moment. */
export function holdView(hold: LedgerHold, status: ReturnType<typeof holdStatus>): Hold {
  const { id, accountNumber, amount, reference, placedAtMs, expiresAtMs } = hold
  const { state, capturedAmount, capturePostingId } = hold
  return {
    id: String(id),
    account_number: accountNumber,
    amount: formatCents(amount),
    status,
    reference: reference ?? null,
    created_at: timestampOf(placedAtMs),
    expires_at: expiresAtMs === undefined ? null : timestampOf(expiresAtMs),
    captured_amount: state === 'captured' ? formatCents(capturedAmount) : null,
    transaction_id: capturePostingId === undefined ? null : String(capturePostingId),
  }
}
