/** A cursor names the last posting of a page. It is opaque to clients, and good for one account only. */

export function encodeCursor(accountId: number, postingId: number): string {
  return Buffer.from(`${accountId}:${postingId}`).toString('base64url')
}

/** The posting id that the cursor names, or undefined when it is none that this account was given. */
export function decodeCursor(accountId: number, cursor: string): number | undefined {
  const [, account, posting] =
    /^(\d{1,15}):(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  const postingId = Number(posting)
  // Writing it anew catches every other spelling of the same bytes.
  return Number(account) === accountId && encodeCursor(accountId, postingId) === cursor
    ? postingId
    : undefined
}
