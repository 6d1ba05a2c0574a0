/** A cursor names the last posting or account of a page. It is opaque to clients, so that what it holds may change. */

export function encodeCursor(id: number): string {
  return Buffer.from(`after ${id}`).toString('base64url')
}

/** The id that the cursor names, or undefined when no page has ever ended with it. */
export function decodeCursor(cursor: string): number | undefined {
  const [, id] = /^after (\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  // Writing it anew catches every other spelling of the same bytes.
  return id !== undefined && encodeCursor(Number(id)) === cursor ? Number(id) : undefined
}
