import type { Command } from '../../ledger/commands.ts'
import { accountsLeftBy, type Decided, decideAll, type DecidingOptions } from './deciding.ts'
import { type Found, loadAndLock, type Named } from './loading.ts'
import { ConnectionLost } from './failures.ts'
import type { Session } from './session.ts'
import { deleteKeys, insertAccounts, type Turn, write } from './writing-statement.ts'

/** When an instance is cut off in the middle of a transaction, its locks go with the transaction after this long. */
const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = 5000'

/** The ids of the bank's cash drawers. */
export const ALL_DRAWERS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8]

export interface LockedBatch {
  readonly commands: readonly Command[]
  readonly named: Named
  readonly turn: Turn
  /** The cash drawers to load, the one to use first before all others. */
  readonly drawerIds: readonly number[]
  readonly options: DecidingOptions
  /** Called with what was found, before anything is decided. */
  readonly onFound: (found: Found) => void
  /** Called with what was decided, before it is sent: from here on it may have been committed. */
  readonly onSending: (decided: Decided) => void
}

/** What came of it: committed under an id, nothing to write, or not written for a reason. */
export type LockedResult =
  | { readonly decided: Decided; readonly firstPostingId: number | undefined }
  | 'lacks cash'
  | 'turn has passed'

/**
 * The way that is always right: lock, look, decide, write, commit, in two round trips. What need not be awaited is
 * sent without waiting. Rejects, with the transaction rolled back, when any of it failed.
 */
export async function commitLocked(session: Session, batch: LockedBatch): Promise<LockedResult> {
  try {
    const found = await beginAndLoad(session, batch)
    batch.onFound(found)
    const loaded = { ...found, firstDrawerId: batch.drawerIds[0] ?? 0 }
    const decided = decideAll(batch.commands, loaded, batch.options)
    if (decided.books.lackedCash && batch.drawerIds.length < ALL_DRAWERS.length) {
      await session.query('ROLLBACK')
      return 'lacks cash'
    }
    return await writeAndCommit(session, batch, decided, found)
  } catch (error) {
    await rollBack(session)
    throw error
  }
}

async function beginAndLoad(session: Session, { named, drawerIds }: LockedBatch): Promise<Found> {
  const [, found] = await Promise.all([session.query(BEGIN), loadAndLock(session, named, drawerIds)])
  return found
}

async function writeAndCommit(
  session: Session,
  { turn, onSending }: LockedBatch,
  decided: Decided,
  found: Found,
): Promise<LockedResult> {
  const { books } = decided
  if (books.postings.length + books.newKeyRecords.length + books.openedAccounts.length === 0) {
    // Not a rollback: what is answered from a kept record must itself be as durable as a commit makes it.
    await session.query('COMMIT')
    return { decided, firstPostingId: undefined }
  }
  onSending(decided)
  const opensAccounts = books.openedAccounts.length > 0
  const [, , firstPostingId] = await Promise.all([
    opensAccounts ? insertAccounts(session, openedBy(decided)) : undefined,
    makeRoomForKeys(session, decided, found),
    write(session, turn, decided),
    // Accounts must not stay without their batch, so then the commit waits for the answer.
    opensAccounts ? undefined : session.query('COMMIT'),
  ])
  if (firstPostingId === undefined) {
    if (opensAccounts) await session.query('ROLLBACK')
    return 'turn has passed'
  }
  if (opensAccounts) await session.query('COMMIT')
  return { decided, firstPostingId }
}

function openedBy(decided: Decided): ReturnType<typeof accountsLeftBy> {
  return accountsLeftBy(decided).filter(({ id }) => !decided.read.has(id))
}

async function makeRoomForKeys(session: Session, { books }: Decided, found: Found): Promise<void> {
  const kept = new Set(found.keyRecords.map(({ digest }) => digest))
  const replaced = books.newKeyRecords.flatMap(({ digest }) => (kept.has(digest) ? [digest] : []))
  if (replaced.length > 0) await deleteKeys(session, replaced)
}

async function rollBack(session: Session): Promise<void> {
  if (session.isLost) return
  try {
    await session.query('ROLLBACK')
  } catch {
    session.destroy(new ConnectionLost('the transaction could not be rolled back'))
  }
}
