import type { Account } from '../accounts.ts'
import type { Hold } from '../holds.ts'
import type { KeyRecord } from '../idempotency.ts'
import type { ReversiblePosting } from '../postings.ts'

/** What an engine loads for a batch: as much of what its commands require (see `requiredState`) as exists. */
export interface LoadedState {
  /** The accounts required by number, and both customers' accounts of every hold and posting below. */
  readonly accounts: readonly Account[]
  /** The bank's cash drawers, in the order in which they are to be used. */
  readonly cashDrawers: readonly Account[]
  /** The records of the idempotency keys, expired or not. */
  readonly keyRecords: readonly KeyRecord[]
  readonly holds: readonly Hold[]
  /** The postings required by id, and those that the records of keys to be reversed refer to. */
  readonly reversiblePostings: readonly ReversiblePosting[]
  /** May be provisional, where the engine gives the postings their ids after they were decided. */
  readonly nextPostingId: number
  readonly nextAccountId: number
  readonly nextHoldId: number
  /** When the batch is decided, in milliseconds since 1970, UTC; never before the latest posting. */
  readonly nowMs: number
  /** See `Terms`. */
  readonly timeZone: string
}
