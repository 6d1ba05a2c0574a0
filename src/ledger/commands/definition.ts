import type { BatchState } from '../batch/batch-state.ts'
import type { Outcome, Posted, Rejected } from '../outcomes.ts'
import type { Posting } from '../postings.ts'
import type { Reason } from '../rejections.ts'
import type { Terms } from '../terms.ts'

/** What every command may carry. */
export interface Retryable {
  /** Set when the sender may retry: one key, one effect. */
  readonly idempotencyKey?: string
}

/** What moves money may carry the customer's own words for it. */
export interface Referenced extends Retryable {
  /** At most `MAX_REFERENCE_LENGTH` characters. */
  readonly reference?: string
}

/** What an engine must load before a command can be applied. */
export interface RequiredState {
  /** Numbers of accounts. */
  readonly accounts: readonly string[]
  /** Ids of holds, each to be loaded with its account. */
  readonly holds?: readonly number[]
  /** Ids of postings, each to be loaded with its reversals and its customers' accounts. */
  readonly postings?: readonly number[]
  /** Keys of other requests: the posting or hold that a record refers to is to be loaded like those above. */
  readonly keys?: readonly string[]
}

/** What a command may write besides postings, balances and its key: an engine prepares for it. */
export type Effect = 'opens account' | 'changes settings' | 'places hold' | 'ends hold'

/** All that defines one kind of command. */
export interface CommandDefinition<Kind> {
  readonly effect?: Effect
  requires(command: Kind): RequiredState
  /** The request as text: two requests with one key are the same if these are. */
  canonicalRequest(command: Kind): string
  /** Writes into the state what follows from the command, or nothing when it rejects. */
  apply(state: BatchState, command: Kind, terms: Terms): Outcome
}

export function posted(posting: Posting): Posted {
  return { status: 'posted', posting, replayed: false }
}

export function reject(reason: Reason): Rejected {
  return { status: 'rejected', reason, replayed: false }
}
