import { type Account, plainAccount } from '../../src/ledger/accounts.ts'
import { BatchState } from '../../src/ledger/batch/batch-state.ts'
import { type Hold, MAX_OPEN_HOLDS, type OpenHold } from '../../src/ledger/holds.ts'
import { closedKeyRecord, fingerprint, keyDigest } from '../../src/ledger/idempotency.ts'
import type { LoadedState } from '../../src/ledger/batch/loaded-state.ts'
import type { Posting, PostingKind } from '../../src/ledger/postings.ts'
import { MAX_CENTS } from '../../src/money.ts'

export const NOW_MS = 1_000_000

const CASH = 1
const FULL = 20
const CLOSED = 21
const FROZEN = 22
const POOR = 23

/** Ids that commands may name. */
export const postingIds = { opening: 1, closedToFrozen: 2, fullToFrozen: 3, fullToPoor: 4 }
export const holdIds = { ofFrozen: 1, captured: 2, released: 3, expired: 4, open: 5 }

/** The working set of a batch in which there is nothing but a cash drawer. */
export function booksWith(loaded: Partial<LoadedState>): BatchState {
  return new BatchState({
    accounts: [],
    cashDrawers: [plainAccount(CASH, undefined, 0n)],
    keyRecords: [],
    holds: [],
    reversiblePostings: [],
    nextPostingId: 7,
    nextAccountId: 30,
    nextHoldId: 10,
    nowMs: NOW_MS,
    timeZone: 'UTC',
    ...loaded,
  })
}

/** Accounts that each stand in the way of something, and a cash drawer that can give nothing more. */
export function awkwardAccounts(): Account[] {
  const holds = Array.from({ length: MAX_OPEN_HOLDS }, (_, index): OpenHold => {
    return { id: 1_000 + index, amount: 1n, expiresAtMs: undefined }
  })
  const poor = plainAccount(POOR, 'poor', 5n)
  const { limits } = poor
  return [
    plainAccount(FULL, 'full', MAX_CENTS),
    { ...plainAccount(CLOSED, 'closed', 0n), status: 'closed' },
    { ...plainAccount(FROZEN, 'frozen', 5n), status: 'frozen' },
    { ...poor, openHolds: holds, limits: { ...limits, withdrawal: 1n, dailyAmount: 0n, dailyCount: 0 } },
    { ...plainAccount(24, 'empty', 0n), openHolds: holds.slice(0, 1) },
    { ...plainAccount(25, 'spent', 5n), limits: { ...limits, dailyAmount: 0n, dailyCount: 0 } },
    { ...plainAccount(26, 'counted', 5n), limits: { ...limits, dailyCount: 0 } },
  ]
}

export function awkwardBooks(accounts: readonly Account[]): BatchState {
  const declined = { status: 'rejected', reason: 'insufficient_funds', replayed: false } as const
  const closing = { status: 'key_closed', untilMs: NOW_MS + 500, replayed: false } as const
  return booksWith({
    accounts,
    cashDrawers: [plainAccount(CASH, undefined, -MAX_CENTS - 1n)],
    keyRecords: [
      {
        digest: keyDigest('taken'),
        fingerprint: fingerprint('something else'),
        atMs: NOW_MS,
        outcome: declined,
      },
      closedKeyRecord(keyDigest('closed'), NOW_MS, closing),
    ],
    holds: [
      hold(holdIds.ofFrozen, { accountId: FROZEN, accountNumber: 'frozen', state: 'captured' }),
      hold(holdIds.captured, { state: 'captured', expiresAtMs: NOW_MS }),
      hold(holdIds.released, { state: 'released', expiresAtMs: NOW_MS }),
      hold(holdIds.expired, { expiresAtMs: NOW_MS }),
      hold(holdIds.open, {}),
    ],
    reversiblePostings: [
      posting(postingIds.opening, 'opening', CASH, CLOSED),
      posting(postingIds.closedToFrozen, 'transfer', CLOSED, FROZEN),
      posting(postingIds.fullToFrozen, 'transfer', FULL, FROZEN),
      posting(postingIds.fullToPoor, 'transfer', FULL, POOR),
    ].map((each) => ({ posting: each, reversedAmount: 0n, latestReversal: undefined })),
  })
}

function hold(id: number, more: Partial<Hold>): Hold {
  return {
    id,
    accountId: POOR,
    accountNumber: 'poor',
    amount: 10n,
    reference: undefined,
    placedAtMs: 1,
    expiresAtMs: undefined,
    state: 'open',
    capturedAmount: 0n,
    capturePostingId: undefined,
    ...more,
  }
}

function posting(id: number, kind: PostingKind, debitAccountId: number, creditAccountId: number): Posting {
  return {
    id,
    atMs: 1,
    kind,
    debitAccountId,
    creditAccountId,
    amount: 10n,
    debitBalance: 0n,
    creditBalance: 0n,
    reference: undefined,
    reversedPostingId: undefined,
    holdId: undefined,
  }
}
