import { BatchAccounts } from './batch-accounts.ts'
import { BatchHolds } from './batch-holds.ts'
import { BatchKeys } from './batch-keys.ts'
import { BatchPostings } from './batch-postings.ts'
import type { LoadedState } from './loaded-state.ts'

/**
 * The state of one batch: what its commands may read, and what they have changed so far. An engine loads it, `decide`
 * changes it, and the engine persists the changes.
 */
export class BatchState {
  /** When the batch is decided, in milliseconds since 1970, UTC. */
  readonly nowMs: number
  readonly accounts: BatchAccounts
  readonly postings: BatchPostings
  readonly holds: BatchHolds
  readonly keys: BatchKeys

  constructor(loaded: LoadedState) {
    this.nowMs = loaded.nowMs
    this.accounts = new BatchAccounts(loaded)
    this.postings = new BatchPostings(loaded, this.accounts)
    this.holds = new BatchHolds(loaded, this.accounts)
    this.keys = new BatchKeys(loaded)
  }
}
