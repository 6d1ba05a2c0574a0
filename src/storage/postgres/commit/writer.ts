import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { BatchState } from '../../../ledger/batch/batch-state.ts'
import { CASH_DRAWERS } from '../../../ledger/cash-drawers.ts'
import type { Command } from '../../../ledger/commands/registry.ts'
import type { Outcome } from '../../../ledger/outcomes.ts'
import { OutcomeUnknown, StoreUnavailable } from '../../store.ts'
import { CannotConnect, Deadline } from '../connection/connecting.ts'
import { ConnectionLost, failureFrom } from '../connection/failures.ts'
import { ServerClock } from '../connection/server-clock.ts'
import type { Session } from '../connection/session.ts'
import type { Target } from '../connection/url.ts'
import type { RequiredRows } from '../tables/entity.ts'
import { type Attempt, type Committed, commitOptimistically, commitWithLocks, type Sent } from './attempts.ts'
import { BatchCache } from './batch-cache.ts'
import { accountsLeftBy, type DecidingOptions, numberedFrom } from './decide-batch.ts'
import { isPlain, requiredRows } from './entities.ts'
import { WriterConnection } from './writer-connection.ts'

/** After this long a batch is given up: an answer that it failed is worth more than a longer wait. */
const COMMIT_WITHIN_MS = 5_000

/** A server that has not answered by then is taken for frozen; what it did is settled over another connection. */
const ANSWER_WITHIN_MS = 2_000

/** For this long it is settled what became of a batch that is given up, so that a 503 is rarely a maybe. */
const LAST_WORD_WITHIN_MS = 2_000

/** The next attempt waits for a random part of this, so that instances in each other's way do not meet again. */
const MAX_PAUSE_MS = 20

/** A server that does not even take a row within this is as good as down. */
const PROBE_WITHIN_MS = 2_000

/** Each makes two postings at most, and a block of posting ids has 2,000. */
const MAX_COMMANDS = 1_000

/** What a batch has come to. */
export interface Written {
  readonly outcomes: readonly Outcome[]
  readonly state: BatchState
}

type Mode = 'optimistic' | 'with locks' | 'with all drawers'

/** Commits batches, one at a time, whatever other instances and the network do. */
export class Writer {
  readonly #options: DecidingOptions
  readonly #connection: WriterConnection
  readonly #cache = new BatchCache()
  // Instances that use different drawers do not wait for each other.
  #drawerId = randomDrawer()

  constructor(target: Target, options: DecidingOptions) {
    this.#options = options
    const serverClock = new ServerClock(options.clock, options.clockToleranceMs)
    this.#connection = new WriterConnection(target, serverClock)
  }

  /** Connects, so that a start fails where it cannot. */
  async open(deadline: Deadline): Promise<void> {
    await this.#connection.checkedSession(deadline)
  }

  /** Answers once all is durable. Rejects with `StoreUnavailable`, or `OutcomeUnknown` at worst. */
  async commit(commands: readonly Command[]): Promise<Written> {
    if (commands.length > MAX_COMMANDS)
      throw new StoreUnavailable(`a batch has ${MAX_COMMANDS} commands at most`)
    // Before anything is sent: nothing is dated by a clock that is at fault.
    this.#options.clock()
    const required = requiredRows(commands)
    const deadline = new Deadline(COMMIT_WITHIN_MS)
    let mode: Mode = 'optimistic'
    let sent: Sent | undefined
    while (!deadline.hasPassed) {
      const attempt: Attempt =
        sent !== undefined && this.#connection.isLost
          ? await this.#settle(sent, deadline)
          : await this.#attempt(commands, required, mode, deadline)
      switch (attempt.result) {
        case 'committed':
          return this.#committed(attempt, mode)
        case 'not committed':
          sent = undefined
          break
        case 'needs locks':
          mode = 'with locks'
          sent = attempt.sent
          break
        case 'needs all drawers':
          mode = 'with all drawers'
          break
        case 'used meanwhile':
          mode = mode === 'optimistic' ? 'with locks' : mode
          await pause(Math.random() * MAX_PAUSE_MS)
          break
        case 'fenced':
          // Over the next connection it is settled whether an earlier attempt was committed after all.
          this.#connection.drop(new ConnectionLost('the batch was fenced'))
          break
        case 'refused':
        case 'failed':
          sent = attempt.result === 'refused' ? undefined : (attempt.sent ?? sent)
          if (failureFrom(attempt.error) === 'final' || deadline.remainingMs <= MAX_PAUSE_MS)
            return this.#giveUp(sent, attempt.error)
          await pause(Math.random() * MAX_PAUSE_MS)
      }
    }
    return this.#giveUp(sent, new StoreUnavailable('the database was too busy to write'))
  }

  /** Writes nothing new. Rejects with `StoreUnavailable` where a batch would not be taken. */
  async probe(): Promise<void> {
    this.#options.clock()
    const deadline = new Deadline(PROBE_WITHIN_MS)
    try {
      const session = await this.#connection.checkedSession(deadline)
      await session.within(deadline.remainingMs, () => this.#connection.writeNothingNew(session))
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) this.#connection.drop(givenUp(error))
      throw asUnavailable(error)
    }
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  async #attempt(
    commands: readonly Command[],
    required: RequiredRows,
    mode: Mode,
    deadline: Deadline,
  ): Promise<Attempt> {
    let session: Session
    try {
      session = await this.#connection.checkedSession(deadline)
    } catch (error) {
      return { result: 'failed', error }
    }
    this.#cache.use(session)
    const others = mode === 'with all drawers' ? CASH_DRAWERS.filter((id) => id !== this.#drawerId) : []
    const drawerIds = [this.#drawerId, ...others]
    const batch = { commands, required, token: this.#connection.token, drawerIds, options: this.#options }
    const isOptimistic = mode === 'optimistic' && isPlain(required)
    const cached = isOptimistic ? this.#cache.find(this.#drawerId, required) : undefined
    const attempt = await session.within(Math.min(ANSWER_WITHIN_MS, deadline.remainingMs), () =>
      cached === undefined ? commitWithLocks(session, batch) : commitOptimistically(session, batch, cached),
    )
    if (attempt.result === 'failed' || attempt.result === 'refused')
      this.#connection.drop(givenUp(attempt.error))
    return attempt
  }

  /** Learns over a new connection what became of a batch whose answer was lost. If it was not committed, it never will be. */
  async #settle(sent: Sent, deadline: Deadline): Promise<Attempt> {
    try {
      await this.#connection.session(deadline)
    } catch (error) {
      return { result: 'failed', error }
    }
    const firstPostingId = this.#connection.settled(sent.token)
    return firstPostingId === undefined
      ? { result: 'not committed' }
      : { result: 'committed', ...sent, firstPostingId }
  }

  #committed({ token, decided, firstPostingId, loaded }: Committed, mode: Mode): Written {
    const { state, outcomes } = decided
    const foreign = loaded === undefined ? [] : this.#cache.loaded(loaded)
    // A drawer that another instance uses too is given up for another one.
    if (mode !== 'with all drawers' && foreign.includes(this.#drawerId)) this.#drawerId = randomDrawer()
    if (firstPostingId === undefined) return { state, outcomes }
    this.#connection.committed(token)
    this.#cache.committed(
      accountsLeftBy(decided),
      state.keys.saved.map(({ digest }) => digest),
    )
    return { state, outcomes: numberedFrom(firstPostingId, decided) }
  }

  /** The last word on a batch: it was committed after all, or it is fenced out and never will be. */
  async #giveUp(sent: Sent | undefined, cause: unknown): Promise<Written> {
    if (sent !== undefined) {
      const last = await this.#settle(sent, new Deadline(LAST_WORD_WITHIN_MS))
      if (last.result === 'committed') return this.#committed(last, 'with locks')
      if (last.result === 'failed')
        throw new OutcomeUnknown('the database did not answer whether it has written', { cause })
    }
    throw asUnavailable(cause)
  }
}

function givenUp(cause: unknown): ConnectionLost {
  return new ConnectionLost('the connection was given up', { cause })
}

function randomDrawer(): number {
  return 1 + randomInt(CASH_DRAWERS.length)
}

/** What a write that has failed is answered with. Nothing has changed. */
function asUnavailable(cause: unknown): StoreUnavailable {
  if (cause instanceof StoreUnavailable) return cause
  const isAway = cause instanceof CannotConnect
  const reason = isAway
    ? 'no database server that takes writes can be reached'
    : 'the database could not write'
  return new StoreUnavailable(reason, { cause })
}
