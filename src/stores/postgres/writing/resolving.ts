import { number, type Row } from '../../values.ts'
import { bytesArray, integerArray } from '../rows/arrays.ts'
import type { Named } from './naming.ts'
import type { Session } from '../connection/session.ts'

/** What holds, postings and keys lead to. Nothing of it ever changes, so it may be looked up without a lock. */
export interface Resolved {
  /** The customers' accounts of the holds and postings below. */
  readonly accountIds: readonly number[]
  /** The holds that exist. */
  readonly holdIds: readonly number[]
  /** The postings that exist, also those that records of keys name. */
  readonly postingIds: readonly number[]
}

const NOTHING: Resolved = { accountIds: [], holdIds: [], postingIds: [] }

const HOLDS = 'SELECT id, account_id FROM holds WHERE id = ANY ($1::bigint[])'

const POSTINGS = 'SELECT id, debit_account_id, credit_account_id FROM postings WHERE id = ANY ($1::bigint[])'

const POSTINGS_OF_KEYS = `SELECT postings.id, debit_account_id, credit_account_id
  FROM idempotency_keys JOIN postings ON postings.id = posting_id WHERE digest = ANY ($1::bytea[])`

/** The ids of the bank's cash drawers. */
export const ALL_DRAWERS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8]

/**
 * Finds which accounts are to be locked before holds, postings and keys of other requests can be read, in one round
 * trip, or in none where the batch names no such thing.
 */
export async function resolve(session: Session, named: Named): Promise<Resolved> {
  const { holdIds, postingIds, otherDigests } = named
  if (holdIds.length + postingIds.length + otherDigests.length === 0) return NOTHING
  const [holds, postings, ofKeys] = await Promise.all([
    holdIds.length === 0 ? [] : session.query(HOLDS, [integerArray(holdIds)]),
    postingIds.length === 0 ? [] : session.query(POSTINGS, [integerArray(postingIds)]),
    otherDigests.length === 0 ? [] : session.query(POSTINGS_OF_KEYS, [bytesArray(otherDigests)]),
  ])
  const allPostings = [...postings, ...ofKeys]
  const accountIds = [...holds.map((row) => number(row, 'account_id')), ...allPostings.flatMap(sidesOf)]
  return {
    accountIds: [...new Set(accountIds)],
    holdIds: holds.map((row) => number(row, 'id')),
    postingIds: [...new Set(allPostings.map((row) => number(row, 'id')))],
  }
}

function sidesOf(row: Row): number[] {
  const sides = [number(row, 'debit_account_id'), number(row, 'credit_account_id')]
  return sides.filter((id) => !ALL_DRAWERS.includes(id))
}
