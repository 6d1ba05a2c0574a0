import type { BatchState } from '../batch-state.ts'
import type { Outcome, Posted, Rejected } from '../outcomes.ts'
import type { Posting } from '../postings.ts'
import type { Reason } from '../rejections.ts'
import type { Terms } from '../terms.ts'

/** What an engine must load before a command can be judged. */
export interface RequiredState {
  /** Numbers of accounts. */
  readonly accounts: readonly string[]
  /** Ids of holds, each to be loaded with its account. */
  readonly holds?: readonly number[]
  /** Ids of postings, each to be loaded with its reversals and its customers' accounts. */
  readonly postings?: readonly number[]
  /** Keys of other requests: the posting or hold that a record names is to be loaded like those above. */
  readonly keys?: readonly string[]
}

/** All that there is to know of one kind of command. */
export interface CommandDefinition<Kind> {
  requires(command: Kind): RequiredState
  /** What is asked for, as text: two requests with one key are the same if these are. */
  canonicalRequest(command: Kind): string
  /** Writes into the books what follows from the command, or nothing when it rejects. */
  apply(books: BatchState, command: Kind, terms: Terms): Outcome
}

export function posted(posting: Posting): Posted {
  return { status: 'posted', posting, replayed: false }
}

export function reject(reason: Reason): Rejected {
  return { status: 'rejected', reason, replayed: false }
}
