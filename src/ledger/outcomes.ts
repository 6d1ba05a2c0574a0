import type { AccountDetails, AccountState } from './accounts.ts'
import type { Hold } from './holds.ts'
import type { Posting } from './postings.ts'
import type { Reason } from './rejections.ts'

/** What came of a command. If `replayed`, it is that of an earlier request with the same key, and nothing happened now. */
export type Outcome = Accepted | Rejected

/** What was carried out. */
export type Accepted = Posted | Captured | Held | Released | Opened | Changed | KeyClosed

/** Money moved. */
export interface Posted {
  readonly status: 'posted'
  readonly posting: Posting
  readonly replayed: boolean
}

/** Money that was held moved, and the hold has ended. */
export interface Captured {
  readonly status: 'captured'
  readonly posting: Posting
  readonly hold: Hold
  readonly replayed: boolean
}

/** Money was set aside. */
export interface Held {
  readonly status: 'held'
  readonly hold: Hold
  readonly replayed: boolean
}

/** Held money was freed. */
export interface Released {
  readonly status: 'released'
  readonly hold: Hold
  readonly replayed: boolean
}

export interface Opened {
  readonly status: 'opened'
  readonly account: AccountDetails
  readonly replayed: boolean
}

export interface Changed {
  readonly status: 'changed'
  readonly account: AccountState
  readonly replayed: boolean
}

/** There was nothing to reverse under the key, and what still comes under it is declined. */
export interface KeyClosed {
  readonly status: 'key_closed'
  /** Until then, in milliseconds since 1970, UTC. */
  readonly untilMs: number
  readonly replayed: boolean
}

/** Nothing changed. */
export interface Rejected {
  readonly status: 'rejected'
  readonly reason: Reason
  readonly replayed: boolean
}
