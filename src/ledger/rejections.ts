/**
 * Why the ledger or the ATM says no, in order of precedence: where several apply, the first is the answer.
 *
 * - `decline`: the request was decided on. The outcome is saved under its idempotency key or, of a cash machine's
 *   request, under its sequence.
 * - `refusal`: the request never reached the books. Nothing is saved, so the key stays free.
 */
export const rejections = {
  idempotency_key_reused: 'refusal',
  idempotency_key_closed: 'decline',
  terminal_not_found: 'refusal',
  terminal_transaction_not_found: 'refusal',
  sequence_reused: 'refusal',
  transaction_closed: 'decline',
  sequence_passed: 'decline',
  session_ended: 'refusal',
  not_in_doubt: 'refusal',
  terminal_out_of_service: 'decline',
  terminal_not_in_exchange: 'decline',
  terminal_has_unsettled: 'decline',
  same_account: 'refusal',
  account_exists: 'refusal',
  terminal_exists: 'refusal',
  card_exists: 'refusal',
  account_not_found: 'refusal',
  card_not_found: 'refusal',
  card_not_for_terminal: 'refusal',
  card_blocked: 'refusal',
  wrong_pin: 'refusal',
  hold_not_found: 'refusal',
  transaction_not_found: 'refusal',
  unit_mismatch: 'refusal',
  not_reversible: 'decline',
  amount_not_dispensable: 'decline',
  too_many_notes: 'decline',
  unit_full: 'decline',
  not_enough_notes: 'decline',
  account_closed: 'decline',
  account_frozen: 'decline',
  hold_captured: 'decline',
  hold_released: 'decline',
  hold_expired: 'decline',
  capture_exceeds_hold: 'decline',
  reversal_exceeds_transaction: 'decline',
  account_has_balance: 'decline',
  account_has_holds: 'decline',
  too_many_holds: 'decline',
  withdrawal_limit_exceeded: 'decline',
  daily_amount_limit_exceeded: 'decline',
  daily_count_limit_exceeded: 'decline',
  insufficient_funds: 'decline',
  balance_limit_exceeded: 'decline',
  cash_limit_exceeded: 'decline',
} as const satisfies Record<string, 'decline' | 'refusal'>

export type Reason = keyof typeof rejections

/** Reads a reason back from storage. Throws on a word that no version has written. */
export function reasonFrom(text: string): Reason {
  if (isReason(text)) return text
  throw new Error(`the store names a reason that this version does not know: ${text}`)
}

export function isReason(text: string): text is Reason {
  return Object.hasOwn(rejections, text)
}
