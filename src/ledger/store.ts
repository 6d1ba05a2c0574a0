import type { Command, Outcome } from './commands.ts'
import type { Account, Posting } from './postings.ts'

/**
 * The port that every engine implements. An engine loads what a batch names, lets `decide` judge each command in
 * order, and makes the result durable in one transaction; it knows no rule of its own.
 */
export interface Store {
  /**
   * Decides the commands in order and makes all of it durable, or nothing of it. Answers an outcome for each.
   * Rejects with `StoreUnavailable` when it could not, and then nothing has changed; with `OutcomeUnknown` when it
   * could not even learn that.
   */
  commit(commands: readonly Command[]): Promise<readonly Outcome[]>

  /** The customers' accounts of these numbers, in their order, from one state of the books. */
  accounts(numbers: readonly string[]): Promise<readonly (Account | undefined)[]>

  /** The account's postings with ids above `afterId`, oldest first, `limit` at most. */
  history(accountId: number, afterId: number, limit: number): Promise<readonly Posting[]>

  /** Whether no customer has an account yet. */
  isEmpty(): Promise<boolean>

  /** Lets go of everything it holds. Nothing may be under way. */
  close(): Promise<void>
}

/** The store could not do what was asked, and nothing has changed. The sender may try again. */
export class StoreUnavailable extends Error {
  override readonly name: string = 'StoreUnavailable'
}

/** The store was lost while it worked, and may have done what was asked. A retry with the same key tells. */
export class OutcomeUnknown extends StoreUnavailable {
  override readonly name = 'OutcomeUnknown'
}

/** The store cannot be opened, for a reason that its message tells the operator in one line. */
export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError'
}
