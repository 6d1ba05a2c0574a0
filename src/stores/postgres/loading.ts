import { accountsNamedBy, type Command } from '../../ledger/commands.ts'
import { type KeyRecord, keyDigest } from '../../ledger/idempotency.ts'
import { reasonFrom } from '../../ledger/rejections.ts'
import { bytes, integer, number, numberOrUndefined, type Row, textOrUndefined } from '../values.ts'
import { bytesArray, integerArray, textArray } from './arrays.ts'
import { POSTING_COLUMNS, postingFrom } from './posting-rows.ts'
import type { VersionedAccount } from './remembered-accounts.ts'
import type { Session } from './session.ts'

/** What a batch names, to be looked up. */
export interface Named {
  readonly accountNumbers: ReadonlySet<string>
  readonly digests: readonly string[]
  readonly opensAccounts: boolean
}

/** What was found of it, locked until the transaction ends. */
export interface Found {
  readonly accounts: readonly VersionedAccount[]
  readonly keyRecords: readonly KeyRecord[]
  /** The first of a block of ids that nobody else has, when the batch opens accounts. */
  readonly nextAccountId: number
}

export const ACCOUNT_COLUMNS = 'id, number, balance, version, latest_posting_ms'

/** Each record with the posting that it names, for a condition to follow. */
export const SELECT_KEY_RECORDS = `SELECT digest, fingerprint, keys.at_ms AS kept_at_ms, posting_id, reason, ${POSTING_COLUMNS}
  FROM idempotency_keys AS keys LEFT JOIN postings ON postings.id = posting_id`

// In the order of ids, as every instance does it: two that lock the same accounts never wait for each other.
const LOCK_ACCOUNTS = `SELECT ${ACCOUNT_COLUMNS} FROM accounts
  WHERE number = ANY ($1::text[]) OR id = ANY ($2::bigint[]) ORDER BY id FOR UPDATE`

// Sent after the accounts are locked: whoever posted under such a key to the same account has committed by then.
const LOCK_KEYS = `${SELECT_KEY_RECORDS}
  WHERE digest = ANY ($1::bytea[]) ORDER BY digest FOR UPDATE OF keys`

const NEXT_ACCOUNT_IDS = "SELECT nextval('account_ids') AS first_id"

export function namedBy(commands: readonly Command[]): Named {
  const digests = new Set<string>()
  for (const { idempotencyKey } of commands) {
    if (idempotencyKey !== undefined) digests.add(keyDigest(idempotencyKey))
  }
  return {
    accountNumbers: new Set(commands.flatMap(accountsNamedBy)),
    digests: [...digests],
    opensAccounts: commands.some(({ kind }) => kind === 'open'),
  }
}

/** Loads and locks, in one round trip, within a transaction that the caller has begun. */
export async function loadAndLock(
  session: Session,
  named: Named,
  drawerIds: readonly number[],
): Promise<Found> {
  const [accounts, keyRecords, ids] = await Promise.all([
    session.query(LOCK_ACCOUNTS, [numberArray(named.accountNumbers), integerArray(drawerIds)]),
    named.digests.length === 0 ? [] : session.query(LOCK_KEYS, [bytesArray(named.digests)]),
    named.opensAccounts ? session.query(NEXT_ACCOUNT_IDS) : [],
  ])
  return {
    accounts: accounts.map(accountFrom),
    keyRecords: keyRecords.map(keyRecordFrom),
    nextAccountId: ids[0] === undefined ? 0 : number(ids[0], 'first_id'),
  }
}

/** The numbers as a parameter. None that is kept has a zero character, and the server refuses such a text. */
export function numberArray(numbers: Iterable<string>): string {
  return textArray([...numbers].filter((each) => !each.includes('\0')))
}

export function accountFrom(row: Row): VersionedAccount {
  return {
    id: number(row, 'id'),
    number: textOrUndefined(row, 'number'),
    balance: integer(row, 'balance'),
    version: number(row, 'version'),
    latestMs: number(row, 'latest_posting_ms'),
  }
}

function keyRecordFrom(row: Row): KeyRecord {
  const common = {
    digest: bytes(row, 'digest').toString('latin1'),
    fingerprint: bytes(row, 'fingerprint').toString('latin1'),
    atMs: number(row, 'kept_at_ms'),
  }
  if (numberOrUndefined(row, 'posting_id') === undefined) {
    const reason = reasonFrom(textOrUndefined(row, 'reason') ?? '')
    return { ...common, outcome: { status: 'rejected', reason, replayed: false } }
  }
  if (row['id'] === null)
    throw new Error('an idempotency record names a posting that is not there; run verify')
  return { ...common, outcome: { status: 'posted', posting: postingFrom(row), replayed: false } }
}
