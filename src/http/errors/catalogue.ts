import { MAX_OPEN_HOLDS } from '../../ledger/holds.ts'

/** No request of this service needs a larger body. */
export const BODY_LIMIT_BYTES = 16_384

/**
 * Every code that an error may carry, with its status and what it says unless there is more to say. They are in order of
 * precedence: where several apply, the first is the answer. Codes are never renamed or used for anything else.
 */
export const catalogue = {
  // What is no request yet.
  malformed_request: [400, 'this is not a valid HTTP/1.1 request'],
  request_timeout: [408, 'the request was not complete in time; send it again'],
  headers_too_large: [431, 'the headers of the request are too large'],
  expectation_failed: [417, 'the only Expect header that this service knows is 100-continue'],
  // Where it comes from, and where it goes.
  host_not_allowed: [
    421,
    'this service does not answer for this Host; use localhost or an address of its machine, or list the name in --allowed-hosts',
  ],
  origin_not_allowed: [
    403,
    'pages of other origins may not change anything here; list the origin in --cors-origin to allow it',
  ],
  route_not_found: [404, 'there is nothing at this path; see /docs for what there is'],
  method_not_allowed: [405, 'this path does not answer this method; see Allow for those that it does'],
  precondition_failed: [412, 'the file is not as If-Match or If-Unmodified-Since has it'],
  range_not_satisfiable: [416, 'the file has no such Range; ask for all of it'],
  // What it brings.
  unsupported_media_type: [415, 'send the body as application/json'],
  body_too_large: [413, `the body must not be larger than ${BODY_LIMIT_BYTES} bytes`],
  malformed_json: [422, 'the body is not valid JSON; send an object such as {"amount": "10.00"}'],
  invalid_body: [422, 'the body must be a JSON object such as {"amount": "10.00"}'],
  invalid_account_number: [
    422,
    'account_number must be 1 to 34 letters, digits and hyphens, and not begin with a hyphen',
  ],
  invalid_name: [422, 'name is required, as text of 1 to 140 characters'],
  invalid_status: [422, 'status must be open, frozen or closed'],
  invalid_limits: [422, 'limits must be an object of overdraft, withdrawal, daily_amount and daily_count'],
  invalid_expiry: [422, 'expires_in must be a whole number of seconds'],
  invalid_original: [422, 'send either transaction_id or idempotency_key, to say what to reverse'],
  invalid_amount: [422, 'amount must be > 0'],
  invalid_reference: [422, 'reference must be text of at most 140 characters'],
  invalid_page: [422, 'limit must be a whole number from 1 to 1000'],
  invalid_filter: [422, 'type must be one or several types of transactions, separated by commas'],
  invalid_time: [422, 'from must not be after to'],
  invalid_idempotency_key: [422, 'Idempotency-Key must be 1 to 255 visible ASCII characters'],
  // What the ledger says of it.
  idempotency_key_reused: [
    422,
    'this Idempotency-Key was already used for a different request; use a new key for a new request',
  ],
  idempotency_key_closed: [
    400,
    'this Idempotency-Key was closed by a reversal; use a new key for a new request',
  ],
  terminal_not_found: [404, 'terminal not found'],
  terminal_transaction_not_found: [404, 'the terminal has no such transaction under this sequence'],
  sequence_reused: [
    422,
    'this sequence was already used for a different request; use a higher one for a new request',
  ],
  transaction_closed: [
    400,
    'the outcome was reported before the request came; use a higher sequence for a new request',
  ],
  sequence_passed: [
    400,
    'the terminal has used a higher sequence; use the next_sequence that GET /terminals/{id} shows',
  ],
  session_ended: [401, 'the session of the card has ended; sign in again'],
  not_in_doubt: [409, 'only a transaction that is in doubt or overdue can be resolved'],
  terminal_out_of_service: [400, 'terminal is not in service'],
  terminal_not_in_exchange: [400, 'terminal must have the status exchange first'],
  terminal_has_unsettled: [400, 'the terminal has a transaction without an outcome; report that first'],
  same_account: [422, 'from and to must be two different accounts'],
  account_exists: [409, 'an account with this number exists already'],
  terminal_exists: [409, 'a terminal with this id exists already'],
  card_exists: [409, 'a card with this number exists already'],
  account_not_found: [404, 'account not found'],
  card_not_found: [404, 'card not found'],
  card_not_for_terminal: [403, 'demo cards work at demo terminals only, and other cards at none of them'],
  card_blocked: [403, 'card is blocked'],
  wrong_pin: [401, 'wrong PIN'],
  hold_not_found: [404, 'hold not found'],
  transaction_not_found: [404, 'transaction not found'],
  unit_mismatch: [
    422,
    'the terminal has no such cash unit, or the unit does not take notes of this denomination',
  ],
  not_reversible: [
    400,
    'only money that has moved can be reversed, and not twice: no reversal, opening or change of an account, and no part of a hold',
  ],
  amount_not_dispensable: [400, 'the terminal cannot pay out this amount with the notes it has'],
  too_many_notes: [400, 'the amount would take more notes than the terminal gives in one go'],
  unit_full: [400, 'the cash units of the terminal have no room for these notes'],
  not_enough_notes: [400, 'the cash unit does not hold as many notes'],
  account_closed: [400, 'account is closed'],
  account_frozen: [400, 'account is frozen'],
  hold_captured: [400, 'hold was captured already'],
  hold_released: [400, 'hold was released already'],
  hold_expired: [400, 'hold has expired'],
  capture_exceeds_hold: [400, 'amount is more than the hold'],
  reversal_exceeds_transaction: [400, 'amount is more than what is left of the transaction'],
  account_has_balance: [400, 'account has a balance; it must be 0.00 to be closed'],
  account_has_holds: [400, 'account has open holds; capture or release them before it is closed'],
  too_many_holds: [400, `account has ${MAX_OPEN_HOLDS} open holds; capture or release one first`],
  withdrawal_limit_exceeded: [400, 'withdrawal limit exceeded'],
  daily_amount_limit_exceeded: [400, 'daily withdrawal limit exceeded'],
  daily_count_limit_exceeded: [400, 'daily number of withdrawals exceeded'],
  insufficient_funds: [400, 'insufficient funds'],
  balance_limit_exceeded: [400, 'balance limit exceeded'],
  cash_limit_exceeded: [400, 'no cash drawer of the bank has room for this amount; try a smaller one'],
  // What the service could not do.
  internal_error: [
    500,
    'something went wrong in the service; retry with the same Idempotency-Key to learn the outcome',
  ],
  unavailable: [503, 'the service cannot take this on right now and nothing has changed; try again'],
  outcome_unknown: [
    503,
    'the service has lost its store and cannot say whether this was carried out; try again with the same Idempotency-Key to learn the outcome',
  ],
} as const satisfies Readonly<Record<string, readonly [status: number, sentence: string]>>

export type ProblemCode = keyof typeof catalogue
