import { CASH_DRAWERS } from '../../../ledger/cash-drawers.ts'
import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { BatchState } from '../../../ledger/batch/batch-state.ts'
import type { Command } from '../../../ledger/commands/registry.ts'
import type { Outcome } from '../../../ledger/outcomes.ts'
import { OutcomeUnknown, StoreUnavailable } from '../../store.ts'
import { Deadline } from '../connection/deadline.ts'
import { accountsLeftBy, type Decided, type DecidingOptions, numberedFrom } from './decide-batch.ts'
import { codeOf, ConnectionLost, failureFrom } from '../connection/failures.ts'
import type { Loaded } from './load-with-locks.ts'
import { commitWithLocks } from './commit-with-locks.ts'
import { type RequiredRows, requiredRows } from './required-state.ts'
import { RecentMap } from './recent-map.ts'
import { AccountCache } from './account-cache.ts'
import { ServerClock } from '../connection/server-clock.ts'
import type { Session } from '../connection/session.ts'
import { commitOptimistically } from './optimistic-commit.ts'
import { asUnavailable } from './unavailable.ts'
import type { Target } from '../connection/url.ts'
import { WriterConnection } from './writer-connection.ts'
import type { FencingToken } from './writing-statement.ts'

/** After this long a batch is given up: whoever waits for it is better told than kept. */
const COMMIT_WITHIN_MS = 5_000

/** A server that has not answered by then is taken for frozen; what it did is settled over another connection. */
const ANSWER_WITHIN_MS = 2_000

/** So long a batch that was given up is still asked after, so that a refusal hardly ever is a maybe. */
const LAST_WORD_WITHIN_MS = 2_000

/** The next try waits for a random part of this, so that instances in each other's way do not meet again. */
const MAX_PAUSE_MS = 20

/** A server that does not even take a row within this is as good as down. */
const PROBE_WITHIN_MS = 2_000

/** Each makes two postings at most, and a block of posting ids has 2,000. */
const MAX_COMMANDS = 1_000

/** So many keys are remembered, up to twice as many: 6 to 12 MB. */
const REMEMBERED_KEYS = 50_000

/** A batch on its way: what the next try has to know of those before. */
interface Attempted {
  readonly commands: readonly Command[]
  readonly named: RequiredRows
  isTrusting: boolean
  hasAllDrawers: boolean
  /** What was sent and may have been committed. */
  sent: { readonly turn: FencingToken; readonly decided: Decided } | undefined
}

/** Commits batches, one at a time, whatever other instances and the network do. */
export class Writer {
  readonly #options: DecidingOptions
  readonly #onCommitted: (books: BatchState) => void
  readonly #connection: WriterConnection
  readonly #accounts = new AccountCache()
  readonly #keys = new RecentMap<string, true>(REMEMBERED_KEYS)
  // Instances that use different drawers do not wait for each other.
  #drawerId = randomDrawer()

  /** `onCommitted` is called with the books of each batch that has been written. */
  constructor(target: Target, options: DecidingOptions, onCommitted: (books: BatchState) => void) {
    this.#options = options
    this.#onCommitted = onCommitted
    const serverClock = new ServerClock(options.clock, options.clockToleranceMs)
    this.#connection = new WriterConnection(target, serverClock, () => this.#accounts.forgetAll())
  }

  /** Connects, so that a start fails where it cannot. */
  async open(deadline: Deadline): Promise<void> {
    await this.#connection.checkedSession(deadline)
  }

  /** Answers the outcomes once they are durable. Rejects with `StoreUnavailable`, or `OutcomeUnknown` at worst. */
  async commit(commands: readonly Command[]): Promise<readonly Outcome[]> {
    if (commands.length > MAX_COMMANDS)
      throw new StoreUnavailable(`a batch has ${MAX_COMMANDS} commands at most`)
    // Before anything is sent: nothing is dated by a clock that is at fault.
    this.#options.clock()
    const named = requiredRows(commands)
    const attempted: Attempted = { commands, named, isTrusting: true, hasAllDrawers: false, sent: undefined }
    const deadline = new Deadline(COMMIT_WITHIN_MS)
    for (;;) {
      try {
        const outcomes = await this.#attempt(attempted, deadline)
        if (outcomes !== undefined) return outcomes
      } catch (error) {
        if (failureFrom(error) === 'final' || deadline.remainingMs <= MAX_PAUSE_MS)
          return this.#giveUp(attempted, error)
        await pause(Math.random() * MAX_PAUSE_MS)
      }
      if (deadline.hasPassed) throw new StoreUnavailable('the database was too busy to write')
    }
  }

  /** Writes nothing new. Rejects with `StoreUnavailable` where a batch would not be taken. */
  async probe(): Promise<void> {
    this.#options.clock()
    try {
      const deadline = new Deadline(PROBE_WITHIN_MS)
      const session = await this.#connection.checkedSession(deadline)
      await session.within(deadline.remainingMs, () => this.#connection.writeNothingNew(session))
    } catch (error) {
      if (!(error instanceof StoreUnavailable))
        this.#connection.drop(new ConnectionLost('the connection was given up', { cause: error }))
      throw asUnavailable(error)
    }
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  /** Undefined when it has to be tried again, in another way. */
  async #attempt(attempted: Attempted, deadline: Deadline): Promise<readonly Outcome[] | undefined> {
    await this.#connection.session(deadline)
    const settled = this.#settle(attempted)
    if (settled !== undefined) return settled
    const session = await this.#connection.checkedSession(deadline)
    const limitMs = Math.min(ANSWER_WITHIN_MS, deadline.remainingMs)
    try {
      return await session.within(limitMs, () =>
        this.#mayTrust(attempted) ? this.#trusting(session, attempted) : this.#locked(session, attempted),
      )
    } catch (error) {
      this.#afterFailure(error, attempted)
      throw error
    }
  }

  /** The outcomes of what was sent over an earlier connection, if it was committed. If not, it is shut out. */
  #settle(attempted: Attempted): readonly Outcome[] | undefined {
    const { sent } = attempted
    if (sent === undefined || sent.turn.epoch === this.#connection.turn.epoch) return undefined
    attempted.sent = undefined
    const firstPostingId = this.#connection.settled(sent.turn)
    return firstPostingId === undefined ? undefined : numberedFrom(firstPostingId, sent.decided)
  }

  /** The last word on a batch: it was committed after all, or it is shut out and never will be. */
  async #giveUp(attempted: Attempted, cause: unknown): Promise<readonly Outcome[]> {
    if (attempted.sent !== undefined) {
      try {
        await this.#connection.session(new Deadline(LAST_WORD_WITHIN_MS))
      } catch {
        throw new OutcomeUnknown('the database did not say whether it has written', { cause })
      }
    }
    const settled = this.#settle(attempted)
    if (settled !== undefined) return settled
    throw asUnavailable(cause)
  }

  #mayTrust({ isTrusting, named }: Attempted): boolean {
    return isTrusting && named.isPlain && !named.digests.some((digest) => this.#keys.get(digest))
  }

  async #trusting(session: Session, attempted: Attempted): Promise<readonly Outcome[] | undefined> {
    // Whatever comes of it, a second try looks.
    attempted.isTrusting = false
    const { commands, named } = attempted
    const accounts = this.#accounts.trusted(named.accountNumbers, this.#drawerId)
    if (accounts === undefined) return this.#locked(session, attempted)
    const { turn } = this.#connection
    const committed = await commitOptimistically(session, {
      commands,
      digests: named.digests,
      turn,
      accounts,
      drawerId: this.#drawerId,
      options: this.#options,
      onSending: (decided) => (attempted.sent = { turn, decided }),
    })
    return committed && this.#committed(turn, committed.decided, committed.firstPostingId)
  }

  async #locked(session: Session, attempted: Attempted): Promise<readonly Outcome[] | undefined> {
    const { commands, named, hasAllDrawers } = attempted
    const { turn } = this.#connection
    const { sent } = attempted
    const others = hasAllDrawers ? CASH_DRAWERS.filter((id) => id !== this.#drawerId) : []
    const result = await commitWithLocks(session, {
      commands,
      named,
      turn,
      drawerIds: [this.#drawerId, ...others],
      options: this.#options,
      onFound: (found) => this.#found(found, attempted),
      onSending: (decided) => (attempted.sent = { turn, decided }),
    })
    // A batch that is shut out may have been committed by the try before: the next connection tells.
    attempted.sent = result === 'turn has passed' ? sent : undefined
    if (result === 'turn has passed')
      this.#connection.drop(new ConnectionLost('the turn of the batch has passed'))
    else if (result === 'lacks cash') attempted.hasAllDrawers = true
    else if (result === 'key was used meanwhile') return undefined
    else if (result.firstPostingId === undefined) return result.decided.outcomes
    else return this.#committed(turn, result.decided, result.firstPostingId)
    return undefined
  }

  /** Compares with what is remembered; a drawer that another instance uses too is given up for another. */
  #found({ accounts, keyRecords }: Loaded, { hasAllDrawers }: Attempted): void {
    for (const account of accounts) {
      const isAsLeft = this.#accounts.found(account)
      if (account.id === this.#drawerId && !isAsLeft && !hasAllDrawers) this.#drawerId = randomDrawer()
    }
    for (const { digest } of keyRecords) this.#keys.set(digest, true)
  }

  #committed(turn: FencingToken, decided: Decided, firstPostingId: number): readonly Outcome[] {
    this.#connection.committed(turn)
    for (const account of accountsLeftBy(decided)) this.#accounts.left(account)
    for (const { digest } of decided.books.keys.saved) this.#keys.set(digest, true)
    this.#onCommitted(decided.books)
    return numberedFrom(firstPostingId, decided)
  }

  /** Follows what failed on the connection while the batch was under way on it. */
  #afterFailure(error: unknown, attempted: Attempted): void {
    const failure = failureFrom(error)
    // A key that another instance has used is everyday work, and comes before any row of a result.
    if (failure !== 'duplicate')
      this.#connection.drop(new ConnectionLost('the connection was given up', { cause: error }))
    // Only the server's own word says that nothing was committed.
    if (codeOf(error) !== undefined && failure !== 'lost') attempted.sent = undefined
  }
}

function randomDrawer(): number {
  return 1 + randomInt(CASH_DRAWERS.length)
}
