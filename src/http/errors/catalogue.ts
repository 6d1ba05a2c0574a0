/**
 * Every code that an error may carry, with its status, in order of precedence: where several apply, the first is the
 * answer. Codes are never renamed or used for anything else.
 */
export const problemCodes = {
  // What is no request yet.
  malformed_request: 400,
  request_timeout: 408,
  headers_too_large: 431,
  expectation_failed: 417,
  // Where it comes from, and where it goes.
  host_not_allowed: 421,
  origin_not_allowed: 403,
  route_not_found: 404,
  method_not_allowed: 405,
  precondition_failed: 412,
  range_not_satisfiable: 416,
  // What it brings.
  unsupported_media_type: 415,
  body_too_large: 413,
  malformed_json: 422,
  invalid_body: 422,
  invalid_account_number: 422,
  invalid_name: 422,
  invalid_status: 422,
  invalid_limits: 422,
  invalid_expiry: 422,
  invalid_original: 422,
  invalid_amount: 422,
  invalid_reference: 422,
  invalid_page: 422,
  invalid_filter: 422,
  invalid_time: 422,
  invalid_idempotency_key: 422,
  // What the ledger says of it.
  idempotency_key_reused: 422,
  idempotency_key_closed: 400,
  same_account: 422,
  account_exists: 409,
  account_not_found: 404,
  hold_not_found: 404,
  transaction_not_found: 404,
  not_reversible: 400,
  account_closed: 400,
  account_frozen: 400,
  hold_captured: 400,
  hold_released: 400,
  hold_expired: 400,
  capture_exceeds_hold: 400,
  reversal_exceeds_transaction: 400,
  account_has_balance: 400,
  account_has_holds: 400,
  too_many_holds: 400,
  withdrawal_limit_exceeded: 400,
  daily_amount_limit_exceeded: 400,
  daily_count_limit_exceeded: 400,
  insufficient_funds: 400,
  balance_limit_exceeded: 400,
  cash_limit_exceeded: 400,
  // What the service could not do.
  internal_error: 500,
  unavailable: 503,
  outcome_unknown: 503,
} as const

export type ProblemCode = keyof typeof problemCodes

/** The code as a few words for people: `insufficient_funds` is "Insufficient funds". */
export function titleOf(code: ProblemCode): string {
  const words = code.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
