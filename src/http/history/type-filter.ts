import { Problem } from '../errors/problem.ts'
import { type TransactionType, transactionTypes } from './transaction-response.ts'

/** What a history can show: an opening balance is no part of it. */
export const historyTypes = transactionTypes.filter((type) => type !== 'opening')

export type HistoryType = Exclude<TransactionType, 'opening'>

export const TypeFilter = {
  type: 'string',
  description: `Only transactions of these types, separated by commas: ${historyTypes.join(', ')}.`,
  examples: ['transfer_out,transfer_in'],
} as const

export const badType = new Problem(
  422,
  'invalid_filter',
  `type must be one or several of ${historyTypes.join(', ')}, separated by commas`,
)

/** The types that the filter names; undefined for all. Throws a problem at a name that is none. */
export function typesIn(filter: string | undefined): ReadonlySet<TransactionType> | undefined {
  if (filter === undefined) return undefined
  const types = filter.split(',').map((name) => historyTypes.find((type) => type === name))
  if (types.includes(undefined)) throw badType
  return new Set(types.filter((type) => type !== undefined))
}
