/**
 * Why the ledger says no, in order of precedence: where several apply, the first is the answer.
 *
 * - `decline`: the ledger judged the request. The outcome is kept under its idempotency key.
 * - `refusal`: the request never reached the books. Nothing is kept, so the key stays free.
 */
export const rejections = {
  idempotency_key_reused: 'refusal',
  account_exists: 'refusal',
  account_not_found: 'refusal',
  insufficient_funds: 'decline',
  balance_limit_exceeded: 'decline',
} as const satisfies Record<string, 'decline' | 'refusal'>

export type Reason = keyof typeof rejections

/** Reads a reason back from storage. Throws on a word that no version of the ledger has written. */
export function reasonFrom(text: string): Reason {
  if (isReason(text)) return text
  throw new Error(`the store names a reason that this version does not know: ${text}`)
}

export function isReason(text: string): text is Reason {
  return Object.hasOwn(rejections, text)
}
