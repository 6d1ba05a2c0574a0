import { MAX_OPEN_HOLDS } from '../../ledger/holds.ts'
import type { Reason } from '../../ledger/rejections.ts'
import { BODY_LIMIT_BYTES } from '../collected-request.ts'
import type { ProblemCode, problemCodes } from './catalogue.ts'

type Headers = Readonly<Record<string, string>>

/** A code with the status that the catalogue gives it, and what is said of it this time. */
type Answer = {
  [Code in ProblemCode]: [
    status: (typeof problemCodes)[Code],
    code: Code,
    sentence: string,
    headers?: Headers,
  ]
}[ProblemCode]

/** A request that ends here: with this status, a code for programs, and a sentence that a person can act on. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  readonly code: ProblemCode
  readonly headers: Headers

  constructor(...[status, code, sentence, headers = {}]: Answer) {
    super(sentence)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

/** What several places answer, and the documentation shows. */
export const problems = {
  noRoute: new Problem(404, 'route_not_found', 'there is nothing at this path; see /docs for what there is'),
  hostNotAllowed: new Problem(
    421,
    'host_not_allowed',
    'this service does not answer for this Host; use localhost or an address of its machine, or list the name in --allowed-hosts',
  ),
  originNotAllowed: new Problem(
    403,
    'origin_not_allowed',
    'pages of other origins may not change anything here; list the origin in --cors-origin to allow it',
  ),
  tooLarge: new Problem(413, 'body_too_large', `the body must not be larger than ${BODY_LIMIT_BYTES} bytes`),
  notJson: new Problem(415, 'unsupported_media_type', 'send the body as application/json'),
  notPositive: new Problem(422, 'invalid_amount', 'amount must be > 0'),
  badLimit: new Problem(422, 'invalid_page', 'limit must be a whole number from 1 to 1000'),
  badCursor: new Problem(422, 'invalid_page', 'cursor must be taken from the Link header of the page before'),
  internal: new Problem(
    500,
    'internal_error',
    'something went wrong in the service; retry with the same Idempotency-Key to learn the outcome',
  ),
  unavailable: new Problem(
    503,
    'unavailable',
    'the service cannot take this on right now and nothing has changed; try again',
    { 'retry-after': '1' },
  ),
  unknownOutcome: new Problem(
    503,
    'outcome_unknown',
    'the service has lost its store and cannot tell whether this was carried out; try again with the same Idempotency-Key to learn the outcome',
    { 'retry-after': '1' },
  ),
} as const satisfies Record<string, Problem>

/** How each reason of the ledger is told over HTTP; the only place that knows both. */
const answers: { readonly [Each in Reason]: Problem } = {
  idempotency_key_reused: new Problem(
    422,
    'idempotency_key_reused',
    'this Idempotency-Key was already used for a different request; use a new key for a new request',
  ),
  idempotency_key_closed: new Problem(
    400,
    'idempotency_key_closed',
    'this Idempotency-Key was closed by a reversal; use a new key for a new request',
  ),
  same_account: new Problem(422, 'same_account', 'from and to must be two different accounts'),
  account_exists: new Problem(409, 'account_exists', 'an account with this number exists already'),
  account_not_found: new Problem(404, 'account_not_found', 'account not found'),
  hold_not_found: new Problem(404, 'hold_not_found', 'hold not found'),
  transaction_not_found: new Problem(404, 'transaction_not_found', 'transaction not found'),
  not_reversible: new Problem(
    400,
    'not_reversible',
    'only money that has moved can be reversed, and not twice: no reversal, opening or change of an account, and no part of a hold',
  ),
  account_closed: new Problem(400, 'account_closed', 'account is closed'),
  account_frozen: new Problem(400, 'account_frozen', 'account is frozen'),
  hold_captured: new Problem(400, 'hold_captured', 'hold was captured already'),
  hold_released: new Problem(400, 'hold_released', 'hold was released already'),
  hold_expired: new Problem(400, 'hold_expired', 'hold has expired'),
  capture_exceeds_hold: new Problem(400, 'capture_exceeds_hold', 'amount is more than the hold'),
  reversal_exceeds_transaction: new Problem(
    400,
    'reversal_exceeds_transaction',
    'amount is more than what is left of the transaction',
  ),
  account_has_balance: new Problem(
    400,
    'account_has_balance',
    'account has a balance; it must be 0.00 to be closed',
  ),
  account_has_holds: new Problem(
    400,
    'account_has_holds',
    'account has open holds; capture or release them before it is closed',
  ),
  too_many_holds: new Problem(
    400,
    'too_many_holds',
    `account has ${MAX_OPEN_HOLDS} open holds; capture or release one first`,
  ),
  withdrawal_limit_exceeded: new Problem(400, 'withdrawal_limit_exceeded', 'withdrawal limit exceeded'),
  daily_amount_limit_exceeded: new Problem(
    400,
    'daily_amount_limit_exceeded',
    'daily withdrawal limit exceeded',
  ),
  daily_count_limit_exceeded: new Problem(
    400,
    'daily_count_limit_exceeded',
    'daily number of withdrawals exceeded',
  ),
  insufficient_funds: new Problem(400, 'insufficient_funds', 'insufficient funds'),
  balance_limit_exceeded: new Problem(400, 'balance_limit_exceeded', 'balance limit exceeded'),
  cash_limit_exceeded: new Problem(
    400,
    'cash_limit_exceeded',
    'no cash drawer of the bank has room for this amount; try a smaller one',
  ),
}

/** The answer to a command that the ledger rejected. */
export function problemFor(reason: Reason): Problem {
  return answers[reason]
}
