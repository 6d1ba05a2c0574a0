import type { AccountBalance } from '../accounts.ts'
import type { DailyWithdrawals } from '../daily-withdrawals.ts'
import type { Hold } from '../holds.ts'
import type { StoredOutcome } from '../outcome-codec.ts'
import type { Posting } from '../postings.ts'

/** What an engine reads in pieces of a few thousand, so that nobody waits for each single one. */
export type Chunks<Item> = AsyncIterable<readonly Item[]> | Iterable<readonly Item[]>

/** All there is in a store, from one unchanging snapshot. */
export interface AuditSource {
  /** What the engine itself finds wrong with its tables and indexes. If there is anything, the rest is not read. */
  damage?(): Chunks<string>
  /** Rows that are not as they were written, where an engine can tell. */
  alteredRows?(): Chunks<string>
  /** In the order of posting, which is that of their ids. */
  postings(): Chunks<Posting>
  /** Every account, cash drawers too. */
  accounts(): Chunks<AuditedAccount>
  holds(): Chunks<AuditedHold>
  /** Every posting that gives another one back, in the order of posting. */
  reversals(): Chunks<AuditedReversal>
  keyRecords(): Chunks<AuditedKeyRecord>
}

export interface AuditedAccount {
  readonly account: AccountBalance & { readonly withdrawn: DailyWithdrawals }
  /** What its history lists, where an engine keeps such a list beside the postings. */
  readonly history?: Iterable<ListedPosting>
  /** The latest posting that is part of the balance, where an engine says so. */
  readonly latestPostingId?: number
}

export interface ListedPosting {
  readonly id: number
  /** The posting of that id, if there is one. */
  readonly posting: Pick<Posting, 'kind' | 'debitAccountId' | 'creditAccountId'> | undefined
}

export interface AuditedHold {
  readonly hold: Hold
  /** The posting that the hold names, if there is one of that id. */
  readonly capture: Posting | undefined
}

export interface AuditedReversal {
  readonly reversal: Posting
  /** The posting that it names, if there is one of that id. */
  readonly original: Posting | undefined
}

/** An idempotency record as stored. */
export interface AuditedKeyRecord extends StoredOutcome {
  readonly atMs: number
  readonly fingerprint: string
  /** The posting that the record names, if there is one of that id. */
  readonly posting: Posting | undefined
}
