import type { Hold } from '../../../ledger/holds.ts'
import type { KeyRecord } from '../../../ledger/idempotency.ts'
import type { ReversiblePosting } from '../../../ledger/postings.ts'
import { number, type Row } from '../../row-values.ts'
import { HOLD_COLUMNS, holdFrom, HOLDS, OPEN_HOLD_COLUMNS } from '../../rows.ts'
import {
  numberArray,
  type VersionedAccount,
  VERSIONED_COLUMNS,
  versionedAccountFrom,
} from '../tables/account-rows.ts'
import { bytesArray, integerArray } from '../tables/arrays.ts'
import { isOpenAt, openHoldsByAccount } from '../tables/hold-rows.ts'
import { joinedKeyRecord, SELECT_KEY_RECORDS } from '../tables/key-rows.ts'
import type { RequiredRows } from './required-state.ts'
import { reversibleFrom, SELECT_REVERSIBLE } from '../tables/posting-rows.ts'
import { heldBy, postingOf, type Resolved } from './resolve-references.ts'
import type { Session } from '../connection/session.ts'

/** What a batch is decided on. */
export interface Loaded {
  readonly accounts: readonly VersionedAccount[]
  readonly keyRecords: readonly KeyRecord[]
  readonly holds: readonly Hold[]
  readonly reversiblePostings: readonly ReversiblePosting[]
  /** The first of a block of ids that nobody else has, when the batch opens accounts. */
  readonly nextAccountId: number
  /** The same, when the batch places holds. */
  readonly nextHoldId: number
}

const NAMED_ACCOUNTS = 'accounts.number = ANY ($1::text[]) OR accounts.id = ANY ($2::bigint[])'

// In the order of ids, as every instance does it: two that lock the same accounts never wait for each other.
const LOCK_ACCOUNTS = `SELECT ${VERSIONED_COLUMNS} FROM accounts WHERE ${NAMED_ACCOUNTS} ORDER BY id FOR UPDATE`

// Sent after the accounts are locked, like all that follows: a statement sees what was committed before it began, and
// whoever changes an account's holds, or gives back a posting, changes the account too. What has expired on this
// instance's clock has expired for the ledger, whose time is never behind it.
const OPEN_HOLDS = `SELECT ${OPEN_HOLD_COLUMNS} FROM holds JOIN accounts ON accounts.id = holds.account_id
  WHERE (${NAMED_ACCOUNTS}) AND ${isOpenAt('$3')} ORDER BY holds.id`

// Whoever posted under such a key to the same account has committed by then.
const LOCK_KEYS = `${SELECT_KEY_RECORDS}
  WHERE digest = ANY ($1::bytea[]) ORDER BY digest FOR UPDATE OF keys`

const SELECT_HOLDS = `SELECT ${HOLD_COLUMNS} FROM ${HOLDS} WHERE holds.id = ANY ($1::bigint[])`

const NEXT_ACCOUNT_IDS = "SELECT nextval('account_ids') AS first_id"

const NEXT_HOLD_IDS = "SELECT nextval('hold_ids') AS first_id"

export interface ToLoad {
  readonly named: RequiredRows
  readonly resolved: Resolved
  readonly drawerIds: readonly number[]
  /** Milliseconds since 1970, UTC. */
  readonly nowMs: number
}

/** Loads and locks, in one round trip, within a transaction that the caller has begun. */
export async function loadAndLock(
  session: Session,
  { named, resolved, drawerIds, nowMs }: ToLoad,
): Promise<Loaded> {
  const numbers = numberArray(named.accountNumbers)
  const ids = integerArray([...drawerIds, ...resolved.accountIds])
  const whenAny = (of: readonly unknown[], statement: string, parameter: string) =>
    of.length === 0 ? [] : session.query(statement, [parameter])
  const [accounts, openHolds, keyRecords, holds, postings, accountIds, holdIds] = await Promise.all([
    session.query(LOCK_ACCOUNTS, [numbers, ids]),
    session.query(OPEN_HOLDS, [numbers, ids, nowMs]),
    whenAny(named.digests, LOCK_KEYS, bytesArray(named.digests)),
    whenAny(resolved.holdIds, SELECT_HOLDS, integerArray(resolved.holdIds)),
    whenAny(resolved.postingIds, SELECT_REVERSIBLE, integerArray(resolved.postingIds)),
    named.opensAccounts ? session.query(NEXT_ACCOUNT_IDS) : [],
    named.placesHolds ? session.query(NEXT_HOLD_IDS) : [],
  ])
  const holdsByAccount = openHoldsByAccount(openHolds)
  return {
    accounts: accounts.map((row) => versionedAccountFrom(row, holdsByAccount.get(number(row, 'id')))),
    keyRecords: keyRecords.map(joinedKeyRecord),
    holds: holds.map(holdFrom),
    reversiblePostings: reversibleFrom(postings, resolved.postingIds),
    nextAccountId: firstId(accountIds),
    nextHoldId: firstId(holdIds),
  }
}

function firstId([row]: readonly Row[]): number {
  return row === undefined ? 0 : number(row, 'first_id')
}

/**
 * Whether a record of another request's key names a posting or a hold that was not there when the batch was resolved:
 * its accounts may not be locked.
 */
export function isUnresolved(
  { keyRecords }: Loaded,
  { otherDigests }: RequiredRows,
  { postingIds, holdIds }: Resolved,
): boolean {
  const others = new Set(otherDigests)
  return keyRecords.some(
    ({ digest, outcome }) =>
      others.has(digest) &&
      (isMissing(postingOf(outcome), postingIds) || isMissing(heldBy(outcome), holdIds)),
  )
}

function isMissing(named: { readonly id: number } | undefined, known: readonly number[]): boolean {
  return named !== undefined && !known.includes(named.id)
}
