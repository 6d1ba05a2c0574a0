import { Problem } from '../errors/problem.ts'
import { pageMembers } from './schemas.ts'

/** A cursor names the last posting or account of a page. It is opaque to clients, so that what it holds may change. */

export function encodeCursor(id: number): string {
  return Buffer.from(`after ${id}`).toString('base64url')
}

/** The id that the cursor stands for, or undefined when no page has ever ended with it. */
function decodeCursor(cursor: string): number | undefined {
  const [, id] = /^after (\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  // Writing it anew catches every other spelling of the same bytes.
  return id !== undefined && encodeCursor(Number(id)) === cursor ? Number(id) : undefined
}

/**
 * The id that the page comes after, 0 for the first page; `firstAfter` reads what the pages are of, from an id on. Throws
 * a problem at a cursor that names none of them, which is not one of ours.
 */
export async function startOfPage(
  cursor: string | undefined,
  firstAfter: (id: number) => Promise<readonly { readonly id: number }[]>,
): Promise<number> {
  if (cursor === undefined) return 0
  const id = decodeCursor(cursor)
  const [first] = id === undefined ? [] : await firstAfter(id - 1)
  if (id === undefined || first?.id !== id) {
    throw new Problem('invalid_page', pageMembers.cursor.invalid[1])
  }
  return id
}
