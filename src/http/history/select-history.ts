import type { FromSchema } from 'json-schema-to-ts'
import type { AccountBalance } from '../../ledger/accounts.ts'
import type { Ledger } from '../../service/ledger.ts'
import type { Posting } from '../../ledger/postings.ts'
import { startOfPage } from '../shared/cursor.ts'
import { PAGE_POSTINGS, pagesOf, type PostingRange, rangeOf } from './posting-range.ts'
import { Problem } from '../errors/problem.ts'
import { pageMembers } from '../shared/schemas.ts'
import { periodIn, TimeRange } from '../shared/time-range.ts'
import { HistoryType, type TransactionType, typeSeenFrom } from './transaction-response.ts'

const typeNames = HistoryType.enum.join(', ')

const TypeFilter = {
  title: 'TypeFilter',
  type: 'string',
  documented: { type: 'array', items: HistoryType, examples: [['transfer_out', 'transfer_in']] },
  description: `Only transactions of these types, separated by commas: ${typeNames}.`,
  invalid: ['invalid_filter', `type must be one or several of ${typeNames}, separated by commas`],
} as const

export const HistoryQuery = {
  type: 'object',
  properties: { ...pageMembers, type: TypeFilter, ...TimeRange.properties },
} as const

export type HistoryQuery = FromSchema<typeof HistoryQuery>

/** What a request wants of a history. */
export interface Selection extends PostingRange {
  readonly account: AccountBalance
  readonly includes: ((posting: Posting) => boolean) | undefined
}

/** Reads the query, all of it before the ledger is asked. */
export async function select(ledger: Ledger, number: string, query: HistoryQuery): Promise<Selection> {
  const types = typesIn(query.type)
  const period = periodIn(query, ledger.timeZone)
  const account = await ledger.account(number)
  if (account === undefined) throw new Problem('account_not_found')
  const startId = await startOfPage(query.cursor, (id) => ledger.reads.history(account.id, id, 1))
  const { afterId, untilId } = await rangeOf(ledger, account.id, period)
  return {
    account,
    afterId: Math.max(afterId, startId),
    untilId,
    includes: types && ((posting) => types.has(typeSeenFrom(account.id, posting))),
  }
}

/** The first postings of the selection, `limit` at most, and whether there are others after them. */
export async function pageOf(
  ledger: Ledger,
  selection: Selection,
  limit: number,
): Promise<{ readonly page: readonly Posting[]; readonly hasMore: boolean }> {
  const { account, includes } = selection
  const found: Posting[] = []
  // Without a filter one page is enough; with one, it may take any number.
  const pageSize = includes === undefined ? limit + 1 : PAGE_POSTINGS
  for await (const part of pagesOf(ledger, account.id, selection, pageSize)) {
    found.push(...(includes === undefined ? part : part.filter(includes)))
    if (found.length > limit) break
  }
  return { page: found.slice(0, limit), hasMore: found.length > limit }
}

/** The types that the filter names; undefined for all. Throws a problem at a name that is none. */
function typesIn(filter: string | undefined): ReadonlySet<TransactionType> | undefined {
  if (filter === undefined) return undefined
  const types = filter.split(',').map((name) => HistoryType.enum.find((type) => type === name))
  if (types.includes(undefined)) throw new Problem(...TypeFilter.invalid)
  return new Set(types.filter((type) => type !== undefined))
}
