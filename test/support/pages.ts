import assert from 'node:assert/strict'
import type { Answer, Client } from './client.ts'
import { type HistoryRow, rowsIn } from './history.ts'

/** The path that the answer names as the next page. */
export function nextOf(answer: Answer, base: string): string | undefined {
  const link = answer.headers['link']
  if (typeof link !== 'string') return undefined
  const target = /<([^>]+)>; *rel="next"/.exec(link)?.[1]
  assert.ok(target, `not a link to the next page: ${link}`)
  const { pathname, search } = new URL(target, `${base}/accounts/`)
  return `${pathname}${search}`
}

/** All pages of transactions from that one on. */
export async function pagesOf(client: Client, path: string): Promise<HistoryRow[][]> {
  const pages: HistoryRow[][] = []
  let next: string | undefined = path
  while (next !== undefined) {
    const answer = await client.get(next)
    pages.push(rowsIn(answer))
    next = nextOf(answer, client.url)
  }
  return pages
}
