import { MAX_DAILY_COUNT } from '../../ledger/accounts.ts'
import { MAX_REFERENCE_LENGTH } from '../../ledger/postings.ts'
import { Problem } from '../errors/problem.ts'
import { MAX_EXPIRES_IN_SECONDS } from './body-members.ts'

const LIMITS =
  'limits must be an object of overdraft, withdrawal, daily_amount (money or null) and daily_count'

/** What to answer when a member of a body is missing, or of a form that cannot be read, by its name. */
export const bodyProblems: Readonly<Record<string, Problem>> = {
  account_number: new Problem(
    422,
    'invalid_account_number',
    'account_number must be 1 to 34 letters, digits and hyphens, and not begin with a hyphen',
  ),
  from: accountProblem('from'),
  to: accountProblem('to'),
  name: new Problem(
    422,
    'invalid_name',
    `name is required, as text of 1 to ${MAX_REFERENCE_LENGTH} characters`,
  ),
  status: new Problem(422, 'invalid_status', 'status must be open, frozen or closed'),
  limits: new Problem(
    422,
    'invalid_limits',
    `${LIMITS} (a whole number from 0 to ${MAX_DAILY_COUNT}, or null)`,
  ),
  expires_in: new Problem(
    422,
    'invalid_expiry',
    `expires_in must be a whole number of seconds from 1 to ${MAX_EXPIRES_IN_SECONDS}`,
  ),
  transaction_id: new Problem(422, 'invalid_original', 'transaction_id must be an id such as "42"'),
  idempotency_key: new Problem(
    422,
    'invalid_original',
    'idempotency_key must be 1 to 255 visible ASCII characters',
  ),
  amount: new Problem(422, 'invalid_amount', 'amount is required, as a decimal number such as "10.00"'),
  opening_deposit: new Problem(
    422,
    'invalid_amount',
    'opening_deposit must be a decimal number such as "10.00"',
  ),
  reference: textProblem('reference'),
  reason: textProblem('reason'),
}

function accountProblem(member: string): Problem {
  return new Problem(
    422,
    'invalid_account_number',
    `${member} is required, as the number of an account such as "1001"`,
  )
}

function textProblem(member: string): Problem {
  return new Problem(
    422,
    'invalid_reference',
    `${member} must be text of at most ${MAX_REFERENCE_LENGTH} characters`,
  )
}
