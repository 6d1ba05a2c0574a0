import { isCashDrawer } from '../../../ledger/cash-drawers.ts'
import type { Hold } from '../../../ledger/holds.ts'
import type { Outcome } from '../../../ledger/outcomes.ts'
import type { Posting } from '../../../ledger/postings.ts'
import { number, type Row } from '../../row-values.ts'
import { bytesArray, integerArray } from '../tables/arrays.ts'
import { joinedKeyRecord, SELECT_KEY_RECORDS } from '../tables/key-rows.ts'
import type { RequiredRows } from './required-state.ts'
import type { Session } from '../connection/session.ts'

/** What holds, postings and keys lead to. Nothing of it ever changes, so it may be looked up without a lock. */
export interface Resolved {
  /** The customers' accounts of the holds and postings below. */
  readonly accountIds: readonly number[]
  /** The holds that exist, also those that records of keys name. */
  readonly holdIds: readonly number[]
  /** The postings that exist, also those that records of keys name. */
  readonly postingIds: readonly number[]
}

const NOTHING: Resolved = { accountIds: [], holdIds: [], postingIds: [] }

const HOLDS = 'SELECT id, account_id FROM holds WHERE id = ANY ($1::bigint[])'

const POSTINGS = 'SELECT id, debit_account_id, credit_account_id FROM postings WHERE id = ANY ($1::bigint[])'

const KEY_RECORDS = `${SELECT_KEY_RECORDS} WHERE digest = ANY ($1::bytea[])`

/**
 * Finds which accounts are to be locked before holds, postings and keys of other requests can be read, in one round
 * trip, or in none where the batch names no such thing.
 */
export async function resolve(session: Session, named: RequiredRows): Promise<Resolved> {
  const { holdIds, postingIds, otherDigests } = named
  if (holdIds.length + postingIds.length + otherDigests.length === 0) return NOTHING
  const [holds, postings, keyRecords] = await Promise.all([
    holdIds.length === 0 ? [] : session.query(HOLDS, [integerArray(holdIds)]),
    postingIds.length === 0 ? [] : session.query(POSTINGS, [integerArray(postingIds)]),
    otherDigests.length === 0 ? [] : session.query(KEY_RECORDS, [bytesArray(otherDigests)]),
  ])
  const ofKeys = keyRecords.map((row) => joinedKeyRecord(row).outcome)
  const allHolds = [...holds.map(ownedFrom), ...ofKeys.flatMap((outcome) => heldBy(outcome) ?? [])]
  const allPostings = [...postings.map(movedFrom), ...ofKeys.flatMap((outcome) => postingOf(outcome) ?? [])]
  return {
    accountIds: [
      ...new Set([...allHolds.map(({ accountId }) => accountId), ...allPostings.flatMap(customersOf)]),
    ],
    holdIds: [...new Set(allHolds.map(({ id }) => id))],
    postingIds: [...new Set(allPostings.map(({ id }) => id))],
  }
}

/** The hold that the request of that outcome has placed. */
export function heldBy(outcome: Outcome): Hold | undefined {
  return outcome.status === 'held' ? outcome.hold : undefined
}

/** The posting that the request of that outcome has made. */
export function postingOf(outcome: Outcome): Posting | undefined {
  return 'posting' in outcome ? outcome.posting : undefined
}

function ownedFrom(row: Row): Pick<Hold, 'id' | 'accountId'> {
  return { id: number(row, 'id'), accountId: number(row, 'account_id') }
}

type Moved = Pick<Posting, 'id' | 'debitAccountId' | 'creditAccountId'>

function movedFrom(row: Row): Moved {
  return {
    id: number(row, 'id'),
    debitAccountId: number(row, 'debit_account_id'),
    creditAccountId: number(row, 'credit_account_id'),
  }
}

function customersOf({ debitAccountId, creditAccountId }: Moved): number[] {
  return [debitAccountId, creditAccountId].filter((id) => !isCashDrawer(id))
}
