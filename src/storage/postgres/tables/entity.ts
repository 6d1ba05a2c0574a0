import type { Account } from '../../../ledger/accounts.ts'
import type { BatchState } from '../../../ledger/batch/batch-state.ts'
import type { LoadedState } from '../../../ledger/batch/loaded-state.ts'
import type { Effect } from '../../../ledger/commands/definition.ts'
import type { Session } from '../connection/session.ts'

/** What a table does for a batch. `commit/entities.ts` lists them all. */
export interface Entity {
  /** Finds, without a lock, what ids lead to; undefined where the batch names none. */
  resolve?(session: Session, required: RequiredRows): Promise<Partial<References>> | undefined
  /** Sends its statements at once, within the transaction of the batch. */
  load(session: Session, toLoad: ToLoad): Promise<Partial<Loaded>>
  /** Sends what is to be saved, after the writing statement and in its transaction. */
  save?(session: Session, changes: Changes): readonly Promise<unknown>[]
}

/** What the commands of a batch require, to be looked up. */
export interface RequiredRows {
  readonly accountNumbers: ReadonlySet<string>
  /** Of the commands' own keys and of those below. */
  readonly digests: readonly string[]
  readonly holdIds: readonly number[]
  readonly postingIds: readonly number[]
  /** Of keys of other requests, whose postings or holds are required too. */
  readonly otherDigests: readonly string[]
  readonly effects: ReadonlySet<Effect>
}

/** What ids lead to, as far as it exists. It never changes, so it may be looked up without a lock. */
export interface References {
  /** The customers' accounts of the holds and postings below. */
  readonly accountIds: readonly number[]
  readonly holdIds: readonly number[]
  readonly postingIds: readonly number[]
}

export interface ToLoad {
  readonly required: RequiredRows
  readonly references: References
  readonly drawerIds: readonly number[]
  /** Milliseconds since 1970, UTC. */
  readonly nowMs: number
}

/** An account as it was in the database at one moment, with its open holds. Time alone makes some of those expire. */
export interface VersionedAccount extends Readonly<Account> {
  /** Grows with every change, also of its holds: the same version is the same account, to the cent. */
  readonly version: number
  /** The ledger's time when it was last changed. */
  readonly latestMs: number
}

/** What a batch is decided on. */
export interface Loaded extends Omit<
  LoadedState,
  'accounts' | 'cashDrawers' | 'nextPostingId' | 'nowMs' | 'timeZone'
> {
  /** Customers' accounts and cash drawers. */
  readonly accounts: readonly VersionedAccount[]
}

export const NOTHING_LOADED: Loaded = {
  accounts: [],
  keyRecords: [],
  holds: [],
  reversiblePostings: [],
  nextAccountId: 0,
  nextHoldId: 0,
}

/** What a batch has changed, and the instance that writes it. */
export interface Changes {
  readonly state: BatchState
  readonly writerId: string
}
