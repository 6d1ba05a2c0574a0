import type { Command } from '../../../ledger/commands/registry.ts'
import { type Decided, decideAll, type DecidingOptions } from './decide-batch.ts'
import type { VersionedAccount } from '../tables/account-rows.ts'
import type { Session } from '../connection/session.ts'
import { type FencingToken, write } from './writing-statement.ts'

export interface OptimisticBatch {
  readonly commands: readonly Command[]
  /** Of the commands' keys. */
  readonly digests: readonly string[]
  readonly turn: FencingToken
  /** All accounts that the batch names and the drawer, as they are remembered. */
  readonly accounts: readonly VersionedAccount[]
  readonly drawerId: number
  readonly options: DecidingOptions
  /** Called with what was decided, before it is sent: from here on it may have been committed. */
  readonly onSending: (decided: Decided) => void
}

/** A plain batch names accounts alone, and its keys are taken to be new. */
const NOTHING_ELSE = { keyRecords: [], holds: [], reversiblePostings: [], nextAccountId: 0, nextHoldId: 0 }

/**
 * The short way: decides on the accounts as this instance left them and sends the one statement that writes only
 * if they still are so. One round trip. Answers undefined, or rejects, with nothing written.
 */
export async function commitOptimistically(
  session: Session,
  { commands, digests, turn, accounts, drawerId, options, onSending }: OptimisticBatch,
): Promise<{ decided: Decided; firstPostingId: number } | undefined> {
  const decided = decideAll(commands, { accounts, ...NOTHING_ELSE }, drawerId, options)
  const { accounts: used, keys } = decided.books
  // The index finds out whether a key is new when a record is inserted: where there is none, it has to be looked up.
  if (used.lackedCash || keys.saved.length < digests.length) return undefined
  onSending(decided)
  const firstPostingId = await write(session, turn, decided)
  return firstPostingId === undefined ? undefined : { decided, firstPostingId }
}
