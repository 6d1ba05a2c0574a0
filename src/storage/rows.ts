import { type Account, type AccountBalance, accountStatuses } from '../ledger/accounts.ts'
import type { AuditedKeyRecord } from '../ledger/audit/source.ts'
import { type Hold, holdStates, type OpenHold } from '../ledger/holds.ts'
import type { KeyRecord } from '../ledger/idempotency.ts'
import { decodeOutcome } from '../ledger/outcome-codec.ts'
import { type Posting, postingKinds } from '../ledger/postings.ts'
import {
  bytes,
  integer,
  integerOrUndefined,
  largeInteger,
  number,
  numberOrUndefined,
  type Row,
  textOrUndefined,
  word,
} from './row-values.ts'

/** What every engine stores in the rows of its tables, and how it reads them. */

export const BALANCE_COLUMNS = 'accounts.id, accounts.number, accounts.balance'

/** An account without what engines add to it. Its holds are rows of their own. */
export const ACCOUNT_COLUMNS = `${BALANCE_COLUMNS}, status, overdraft_limit, withdrawal_limit, daily_amount_limit,
  daily_count_limit, withdrawn_day, withdrawn_amount, withdrawn_count`

/** Reads `BALANCE_COLUMNS`. */
export function balanceFrom(row: Row): AccountBalance {
  return { id: number(row, 'id'), number: textOrUndefined(row, 'number'), balance: integer(row, 'balance') }
}

/** Reads `ACCOUNT_COLUMNS`. */
export function accountFrom(row: Row): Omit<Account, 'openHolds'> {
  return {
    ...balanceFrom(row),
    status: word(row, 'status', accountStatuses),
    limits: {
      overdraft: integerOrUndefined(row, 'overdraft_limit'),
      withdrawal: integerOrUndefined(row, 'withdrawal_limit'),
      dailyAmount: integerOrUndefined(row, 'daily_amount_limit'),
      dailyCount: numberOrUndefined(row, 'daily_count_limit'),
    },
    withdrawn: {
      day: number(row, 'withdrawn_day'),
      amount: largeInteger(row, 'withdrawn_amount'),
      count: number(row, 'withdrawn_count'),
    },
  }
}

export const OPEN_HOLD_COLUMNS =
  'holds.id AS held_id, holds.account_id AS holder_id, holds.amount AS held_amount, expires_at_ms'

/** Reads `OPEN_HOLD_COLUMNS`. */
export function openHoldFrom(row: Row): OpenHold {
  return {
    id: number(row, 'held_id'),
    amount: integer(row, 'held_amount'),
    expiresAtMs: numberOrUndefined(row, 'expires_at_ms'),
  }
}

/** Each hold with its account, for a condition to follow. No name is also one of a posting's columns. */
export const HOLD_COLUMNS = `${OPEN_HOLD_COLUMNS}, holders.number AS holder_number, holds.reference AS held_reference,
  placed_at_ms, state, captured_amount, capture_posting_id`

export const HOLDS = 'holds LEFT JOIN accounts AS holders ON holders.id = holds.account_id'

/** Reads `HOLD_COLUMNS`. */
export function holdFrom(row: Row): Hold {
  return {
    ...openHoldFrom(row),
    accountId: number(row, 'holder_id'),
    accountNumber: textOrUndefined(row, 'holder_number') ?? '',
    reference: textOrUndefined(row, 'held_reference'),
    placedAtMs: number(row, 'placed_at_ms'),
    state: word(row, 'state', holdStates),
    capturedAmount: integer(row, 'captured_amount'),
    capturePostingId: numberOrUndefined(row, 'capture_posting_id'),
  }
}

const POSTING_NAMES = [
  'id',
  'at_ms',
  'kind',
  'debit_account_id',
  'credit_account_id',
  'amount',
  'debit_balance',
  'credit_balance',
  'reference',
  'reversed_posting_id',
  'hold_id',
] as const

export const POSTING_COLUMNS = POSTING_NAMES.map((name) => `postings.${name}`).join(', ')

type PlacesOf<Names extends readonly string[]> = { readonly [Each in keyof Names]: string | number }

/** Reads `POSTING_COLUMNS`. */
export function postingFrom(row: Row): Posting {
  return readPosting(row, POSTING_NAMES)
}

/** Reads `POSTING_COLUMNS` of a row that is an array: SQLite makes one three times as fast as an object. */
export function postingFromArray(row: Row): Posting {
  return readPosting(row, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
}

function readPosting(row: Row, at: PlacesOf<typeof POSTING_NAMES>): Posting {
  return {
    id: number(row, at[0]),
    atMs: number(row, at[1]),
    kind: word(row, at[2], postingKinds),
    debitAccountId: number(row, at[3]),
    creditAccountId: number(row, at[4]),
    amount: integer(row, at[5]),
    debitBalance: integer(row, at[6]),
    creditBalance: integer(row, at[7]),
    reference: textOrUndefined(row, at[8]),
    reversedPostingId: numberOrUndefined(row, at[9]),
    holdId: numberOrUndefined(row, at[10]),
  }
}

export const KEY_COLUMNS = 'digest, fingerprint, keys.at_ms AS decided_at_ms, posting_id, reason, snapshot'

type FindPosting = (id: number) => Posting | undefined

/** Reads `KEY_COLUMNS` of `idempotency_keys AS keys`, with the posting that the record names. */
export function keyRowFrom(row: Row, find: FindPosting): AuditedKeyRecord & { readonly digest: string } {
  const postingId = numberOrUndefined(row, 'posting_id')
  return {
    digest: bytes(row, 'digest').toString('latin1'),
    fingerprint: bytes(row, 'fingerprint').toString('latin1'),
    atMs: number(row, 'decided_at_ms'),
    postingId,
    reason: textOrUndefined(row, 'reason'),
    snapshot: textOrUndefined(row, 'snapshot'),
    posting: postingId === undefined ? undefined : find(postingId),
  }
}

/** The same with the outcome. Throws where the row has none. */
export function keyRecordFrom(row: Row, find: FindPosting): KeyRecord {
  const { digest, fingerprint, atMs, posting, ...stored } = keyRowFrom(row, find)
  return { digest, fingerprint, atMs, outcome: decodeOutcome(stored, posting) }
}
