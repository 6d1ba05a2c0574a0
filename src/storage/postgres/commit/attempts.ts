import { CASH_DRAWERS } from '../../../ledger/cash-drawers.ts'
import type { Command } from '../../../ledger/commands/registry.ts'
import { failureFrom, saysNothingChanged } from '../connection/failures.ts'
import { resultsInOrder, type Session } from '../connection/session.ts'
import { type Loaded, NOTHING_LOADED, type RequiredRows, type VersionedAccount } from '../tables/entity.ts'
import { deleteRecords, isUnresolved } from '../tables/keys.ts'
import { type Decided, decideAll, type DecidingOptions } from './decide-batch.ts'
import { load, resolveReferences, save } from './entities.ts'
import { write } from './write-statement.ts'
import type { FencingToken } from './writer-connection.ts'

/** A batch, and under which token it may be written. */
export interface Batch {
  readonly commands: readonly Command[]
  readonly required: RequiredRows
  readonly token: FencingToken
  /** The cash drawers to use, the first one before all others. */
  readonly drawerIds: readonly number[]
  readonly options: DecidingOptions
}

/** A batch that was sent under the token, and may have been committed. */
export interface Sent {
  readonly token: FencingToken
  readonly decided: Decided
}

export interface Committed extends Sent {
  readonly result: 'committed'
  /** Undefined where there was nothing to write. */
  readonly firstPostingId?: number | undefined
  readonly loaded?: Loaded
}

/** What came of an attempt to commit a batch. Nothing was written unless it says so. */
export type Attempt =
  | Committed
  | { readonly result: 'not committed' }
  /** It cannot be decided on what is in the cache. `sent` is what the server has refused for that. */
  | { readonly result: 'needs locks'; readonly sent?: Sent }
  | { readonly result: 'needs all drawers' }
  /** A key or an account number that was free is not any more. */
  | { readonly result: 'used meanwhile' }
  /** The token is not the current one. */
  | { readonly result: 'fenced' }
  /** By the server, for another reason. The connection is of no more use. */
  | { readonly result: 'refused'; readonly error: unknown }
  /** `sent` may have been committed. The connection is of no more use. */
  | { readonly result: 'failed'; readonly error: unknown; readonly sent?: Sent }

/**
 * Decides on the accounts as this instance left them, and sends the one statement that writes only if they still are
 * so: one round trip.
 */
export async function commitOptimistically(
  session: Session,
  { commands, required, token, drawerIds, options }: Batch,
  accounts: readonly VersionedAccount[],
): Promise<Attempt> {
  let sent: Sent | undefined
  try {
    const decided = decideAll(commands, { ...NOTHING_LOADED, accounts }, drawerIds[0], options)
    const { accounts: used, keys } = decided.state
    // A key is found to be in use when its record is inserted: where none is inserted, it has to be looked up.
    if (used.lackedCash || keys.saved.length < required.digests.length) return { result: 'needs locks' }
    sent = { token, decided }
    const firstPostingId = await write(session, token, decided)
    return firstPostingId === undefined
      ? { result: 'needs locks', sent }
      : { result: 'committed', ...sent, firstPostingId }
  } catch (error) {
    return failureFrom(error) === 'duplicate' ? { result: 'used meanwhile' } : failed(error, sent)
  }
}

/**
 * When an instance is cut off in the middle of a transaction, its locks go with the transaction after this long. And
 * the server is to reuse its plans: it would make new ones for small batches each time, which takes longer than they do.
 */
const BEGIN = `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = 5000;
  SET LOCAL plan_cache_mode = force_generic_plan`

/**
 * Always right: lock, load, decide, write, commit, in two round trips. What need not be awaited is sent without waiting.
 * One trip goes ahead where references have to be resolved, and one more follows where the commit depends on the
 * writing.
 */
export async function commitWithLocks(session: Session, batch: Batch): Promise<Attempt> {
  const { commands, required, token, drawerIds, options } = batch
  let sent: Sent | undefined
  try {
    const references = await resolveReferences(session, required)
    const toLoad = { required, references, drawerIds, nowMs: options.clock() }
    const [, loaded] = await Promise.all([session.query(BEGIN), load(session, toLoad)])
    if (isUnresolved(loaded, toLoad)) return await rollBack(session, { result: 'used meanwhile' })
    const decided = decideAll(commands, loaded, drawerIds[0], options)
    if (decided.state.accounts.lackedCash && drawerIds.length < CASH_DRAWERS.length)
      return await rollBack(session, { result: 'needs all drawers' })
    sent = { token, decided }
    const { result, firstPostingId } = await saveAndCommit(session, sent, loaded)
    return result === 'fenced' ? { result } : { result, ...sent, firstPostingId, loaded }
  } catch (error) {
    // Any other failure costs the connection, and the transaction with it.
    return failureFrom(error) === 'duplicate'
      ? rollBack(session, { result: 'used meanwhile' })
      : failed(error, sent)
  }
}

async function saveAndCommit(
  session: Session,
  { token, decided: { state }, decided }: Sent,
  loaded: Loaded,
): Promise<{ readonly result: 'committed' | 'fenced'; readonly firstPostingId?: number }> {
  const { accounts, keys } = state
  if (accounts.opened.length + accounts.changed.size + keys.saved.length === 0) {
    // Not a rollback: what is answered from a stored record must itself be as durable as a commit makes it.
    await session.query('COMMIT')
    return { result: 'committed' }
  }
  const saved = new Set(keys.saved.map(({ digest }) => digest))
  const replaced = loaded.keyRecords.filter(({ digest }) => saved.has(digest))
  const before = replaced.length > 0 ? [deleteRecords(session, replaced)] : []
  const writing = write(session, token, decided)
  const after = save(session, { state, writerId: token.writerId })
  // The rest must not stay without what that statement writes, so then the commit waits for its answer.
  const isWaiting = before.length + after.length > 0
  await resultsInOrder<unknown>([
    ...before,
    writing,
    ...after,
    ...(isWaiting ? [] : [session.query('COMMIT')]),
  ])
  const firstPostingId = await writing
  if (isWaiting) await session.query(firstPostingId === undefined ? 'ROLLBACK' : 'COMMIT')
  return firstPostingId === undefined ? { result: 'fenced' } : { result: 'committed', firstPostingId }
}

function failed(error: unknown, sent: Sent | undefined): Attempt {
  if (saysNothingChanged(error)) return { result: 'refused', error }
  return sent === undefined ? { result: 'failed', error } : { result: 'failed', error, sent }
}

async function rollBack(session: Session, attempt: Attempt): Promise<Attempt> {
  try {
    await session.query('ROLLBACK')
    return attempt
  } catch (error) {
    return { result: 'failed', error }
  }
}
