/** All parts of a request in one text that no other parts can make: what an idempotency key's fingerprint is taken of. */
export function canonicalRequest(...parts: readonly (string | number | bigint | undefined)[]): string {
  return JSON.stringify(parts.map((part) => (typeof part === 'bigint' ? `${part}` : (part ?? null))))
}

/** A deposit or withdrawal. Without a reference it is the text of version 1.0.0, whose records stay good. */
export function canonicalCashRequest(
  kind: 'deposit' | 'withdraw',
  account: string,
  amount: bigint,
  reference: string | undefined,
): string {
  return reference === undefined
    ? `${kind} ${amount} ${account}`
    : canonicalRequest(kind, account, amount, reference)
}
