import type { SequenceOf } from '../atm/commands/definition.ts'
import type {
  SequenceRange,
  StoredCard,
  StoredTerminal,
  StoredTransaction,
  TransactionTotal,
} from '../atm/stored.ts'
import type { AccountBalance, StoredDetails } from '../ledger/accounts.ts'
import type { Command } from '../state-machine/commands.ts'
import type { StoredHold } from '../ledger/holds.ts'
import type { Outcome } from '../state-machine/outcomes.ts'
import type { Posting, ReversiblePosting } from '../ledger/postings.ts'

/**
 * The port that every engine implements. An engine loads what a batch requires, lets `decide` apply each command in
 * order, and makes the result durable in one transaction; it has no rule of its own.
 */
export interface Store {
  readonly reads: StoreReads

  /**
   * Decides the commands in order and makes all of it durable, or nothing of it. Answers an outcome for each.
   * Rejects with `StoreUnavailable` when it could not, and then nothing has changed; with `OutcomeUnknown` when it
   * cannot know.
   */
  commit(commands: readonly Command[]): Promise<readonly Outcome[]>

  /**
   * Writes something that changes nothing, durably, and beside no batch. Rejects with `StoreUnavailable`, which says why,
   * where a batch would not be taken now.
   */
  probe(): Promise<void>

  /** Whether no customer's account has been opened yet. */
  isEmpty(): Promise<boolean>

  /** The latest date in the books, 0 when nothing is dated yet. */
  latestMs(): Promise<number>

  /** Closes what is open. Nothing may be under way. */
  close(): Promise<void>
}

/** What can be read, each from one state of the books that is durable. Rejects with `StoreUnavailable`. */
export interface StoreReads {
  /** Of cards and cash machines. */
  readonly atm: AtmReads

  /** The customers' accounts of these numbers, in their order, all from one state of the books. */
  accounts(numbers: readonly string[]): Promise<readonly (AccountBalance | undefined)[]>

  /** Everything about the customer's account of that number, at the ledger's time. */
  details(number: string): Promise<StoredDetails | undefined>

  /** Customers' accounts with ids above `afterId`, in the order of their ids, `limit` at most. */
  detailsAfter(afterId: number, limit: number): Promise<readonly StoredDetails[]>

  /** The numbers of these accounts, by id; a cash drawer has none and is missing. */
  accountNumbers(ids: readonly number[]): Promise<ReadonlyMap<number, string>>

  /** The hold of that id, at the ledger's time. */
  hold(id: number): Promise<StoredHold | undefined>

  /** The posting of that id, with what was given back of it. */
  posting(id: number): Promise<ReversiblePosting | undefined>

  /** The account's postings with ids above `afterId`, oldest first, `limit` at most. */
  history(accountId: number, afterId: number, limit: number): Promise<readonly Posting[]>

  /**
   * The latest posting in the account's history that is dated at or before `atMs`. Takes no longer on a long history
   * than on a short one.
   */
  latestPostingAt(accountId: number, atMs: number): Promise<Posting | undefined>
}

/** What can be read of cards and cash machines. */
export interface AtmReads {
  card(number: string): Promise<StoredCard | undefined>

  /** The card whose latest session has that digest. It may have ended: see `hasSession`. */
  cardOfSession(digest: string): Promise<StoredCard | undefined>

  terminal(id: string): Promise<StoredTerminal | undefined>

  /** Terminals with ids after `afterId` in the order of their ids, `limit` at most; after '' the first ones. */
  terminalsAfter(afterId: string, limit: number): Promise<readonly StoredTerminal[]>

  terminalTransaction(name: SequenceOf): Promise<StoredTransaction | undefined>

  /** Rows of the terminal's journal within the range, the newest first, `limit` at most. */
  journal(terminalId: string, range: SequenceRange, limit: number): Promise<readonly StoredTransaction[]>

  /**
   * The transactions of all terminals that wait for their outcome or are in doubt, in the order of terminals and
   * sequences: those after that one, or the first ones, `limit` at most.
   */
  openTransactionsAfter(after: SequenceOf | undefined, limit: number): Promise<readonly StoredTransaction[]>

  /** What the terminal's transactions come to that are dated (see `dateOf`) from `fromMs` on and before `toMs`. */
  totals(terminalId: string, fromMs: number, toMs: number): Promise<readonly TransactionTotal[]>
}

/** Where a store reports to its operator. */
export interface StoreLog {
  warn(details: object, message: string): void
  fatal(details: object, message: string): void
}

/** The store could not carry out the request, and nothing has changed. The sender may try again. */
export class StoreUnavailable extends Error {
  override readonly name: string = 'StoreUnavailable'
}

/** The store was lost meanwhile, and may have carried out the request. A retry with the same key gets the true answer. */
export class OutcomeUnknown extends StoreUnavailable {
  override readonly name = 'OutcomeUnknown'
}

/** The store cannot be opened; the message says in one line why and what to do. */
export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError'
}

/** The time of day is not known well enough to date anything by it. */
export class ClockFault extends StoreUnavailable {
  override readonly name = 'ClockFault'
}
