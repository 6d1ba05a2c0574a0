import { CASH_DRAWERS } from '../../../ledger/cash-drawers.ts'
import type { Command } from '../../../ledger/commands/registry.ts'
import { type Decided, decideAll, type DecidingOptions } from './decide-batch.ts'
import { ConnectionLost } from '../connection/failures.ts'
import { alterAccounts, deleteKeys, insertAccounts, saveHolds } from './other-statements.ts'
import { isUnresolved, type Loaded, loadAndLock } from './load-with-locks.ts'
import type { RequiredRows } from './required-state.ts'
import { type Resolved, resolve } from './resolve-references.ts'
import type { Session } from '../connection/session.ts'
import { type FencingToken, write } from './writing-statement.ts'

/**
 * When an instance is cut off in the middle of a transaction, its locks go with the transaction after this long. And
 * the server is to keep its plans: it would make new ones for small batches each time, which takes longer than they do.
 */
const BEGIN = `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = 5000;
  SET LOCAL plan_cache_mode = force_generic_plan`

export interface LockedBatch {
  readonly commands: readonly Command[]
  readonly named: RequiredRows
  readonly turn: FencingToken
  /** The cash drawers to load, the one to use first before all others. */
  readonly drawerIds: readonly number[]
  readonly options: DecidingOptions
  /** Called with what was found, before anything is decided. */
  readonly onFound: (found: Loaded) => void
  /** Called with what was decided, before it is sent: from here on it may have been committed. */
  readonly onSending: (decided: Decided) => void
}

/** What came of it: committed under an id, nothing to write, or not written for a reason. */
export type LockedResult =
  | { readonly decided: Decided; readonly firstPostingId: number | undefined }
  | 'lacks cash'
  | 'key was used meanwhile'
  | 'turn has passed'

/**
 * The way that is always right: lock, look, decide, write, commit, in two round trips. What need not be awaited is
 * sent without waiting. One trip goes ahead where it must be learned first what to lock, and one more follows where
 * the commit depends on the writing. Rejects, with the transaction rolled back, when any of it failed.
 */
export async function commitWithLocks(session: Session, batch: LockedBatch): Promise<LockedResult> {
  const { commands, named, drawerIds, options, onFound } = batch
  const resolved = await resolve(session, named)
  try {
    const found = await beginAndLoad(session, batch, resolved)
    onFound(found)
    if (isUnresolved(found, named, resolved)) return await leave(session, 'key was used meanwhile')
    const decided = decideAll(commands, found, drawerIds[0] ?? 0, options)
    if (decided.books.accounts.lackedCash && drawerIds.length < CASH_DRAWERS.length)
      return await leave(session, 'lacks cash')
    return await writeAndCommit(session, batch, decided, found)
  } catch (error) {
    await rollBack(session)
    throw error
  }
}

async function leave<Result>(session: Session, result: Result): Promise<Result> {
  await session.query('ROLLBACK')
  return result
}

async function beginAndLoad(
  session: Session,
  { named, drawerIds, options }: LockedBatch,
  resolved: Resolved,
): Promise<Loaded> {
  const toLoad = { named, resolved, drawerIds, nowMs: options.clock() }
  const [, found] = await Promise.all([session.query(BEGIN), loadAndLock(session, toLoad)])
  return found
}

async function writeAndCommit(
  session: Session,
  { turn, onSending }: LockedBatch,
  decided: Decided,
  found: Loaded,
): Promise<LockedResult> {
  const { opened, withNewSettings, changed } = decided.books.accounts
  const changedHolds = decided.books.holds.changed
  if (opened.length + changed.size + decided.books.keys.saved.length === 0) {
    // Not a rollback: what is answered from a kept record must itself be as durable as a commit makes it.
    await session.query('COMMIT')
    return { decided, firstPostingId: undefined }
  }
  onSending(decided)
  const replaced = replacedKeys(decided, found)
  const writesMore = opened.length + withNewSettings.size + changedHolds.size + replaced.length > 0
  const [, , , firstPostingId] = await Promise.all([
    opened.length > 0 ? insertAccounts(session, decided) : undefined,
    withNewSettings.size > 0 ? alterAccounts(session, withNewSettings) : undefined,
    replaced.length > 0 ? deleteKeys(session, replaced) : undefined,
    write(session, turn, decided),
    changedHolds.size > 0 ? saveHolds(session, turn, changedHolds.values()) : undefined,
    // The rest must not stay without the batch, so then the commit waits for the answer.
    writesMore ? undefined : session.query('COMMIT'),
  ])
  if (firstPostingId === undefined) {
    if (writesMore) await session.query('ROLLBACK')
    return 'turn has passed'
  }
  if (writesMore) await session.query('COMMIT')
  return { decided, firstPostingId }
}

/** The keys that get a new record in the place of one that was there: of an expired one, or of a decline. */
function replacedKeys({ books }: Decided, found: Loaded): readonly string[] {
  const kept = new Set(found.keyRecords.map(({ digest }) => digest))
  return books.keys.saved.flatMap(({ digest }) => (kept.has(digest) ? [digest] : []))
}

async function rollBack(session: Session): Promise<void> {
  if (session.isLost) return
  try {
    await session.query('ROLLBACK')
  } catch {
    session.destroy(new ConnectionLost('the transaction could not be rolled back'))
  }
}
