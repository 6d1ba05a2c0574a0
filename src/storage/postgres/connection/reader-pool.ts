import { setTimeout as pause } from 'node:timers/promises'
import { StoreUnavailable } from '../../store.ts'
import { connectTo, Deadline } from './connecting.ts'
import { ConnectionLost, failureFrom } from './failures.ts'
import type { Session } from './session.ts'
import type { Target } from './url.ts'

/** After this long a read is given up. */
const READ_WITHIN_MS = 4_000

/** A server that has not answered by then is taken for frozen: the read is repeated over another connection. */
const ANSWER_WITHIN_MS = 2_000

/** The next try waits for a random part of this, so that readers do not overrun a server that fails them all. */
const MAX_PAUSE_MS = 20

/** The connections that readers share: opened as they are needed, never more than the URL allows. */
export class ReaderPool {
  readonly #target: Target
  readonly #idle: Session[] = []
  readonly #waiting: (() => void)[] = []
  #inUse = 0

  constructor(target: Target) {
    this.#target = target
  }

  /** Reads, again over another connection when one is lost. Rejects with `StoreUnavailable`. */
  async read<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    const deadline = new Deadline(READ_WITHIN_MS)
    for (;;) {
      try {
        return await this.#withSession(deadline, work)
      } catch (error) {
        if (failureFrom(error) === 'final' || deadline.hasPassed)
          throw new StoreUnavailable('the database could not be read', { cause: error })
        await pause(Math.random() * MAX_PAUSE_MS)
      }
    }
  }

  /** Closes all connections. Nothing may be under way. */
  async close(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((session) => session.close()))
  }

  async #withSession<Result>(
    deadline: Deadline,
    work: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    await this.#enter(deadline)
    let session: Session | undefined
    try {
      const taken = (session = this.#takeIdle() ?? (await connectTo(this.#target, deadline)))
      const result = await taken.within(Math.min(ANSWER_WITHIN_MS, deadline.remainingMs), () => work(taken))
      this.#idle.push(taken)
      return result
    } catch (error) {
      // What a failure has left behind in a connection must not reach the next reader.
      session?.destroy(new ConnectionLost('the connection was given up', { cause: error }))
      throw error
    } finally {
      this.#leave()
    }
  }

  #takeIdle(): Session | undefined {
    for (let session = this.#idle.pop(); session !== undefined; session = this.#idle.pop()) {
      if (!session.isLost) return session
    }
    return undefined
  }

  /** Waits until one more may read. */
  async #enter(deadline: Deadline): Promise<void> {
    if (this.#inUse < this.#target.readers) {
      this.#inUse += 1
      return
    }
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(proceed), 1)
        reject(new StoreUnavailable('too many readers are waiting for the database'))
      }, deadline.remainingMs)
      const proceed = (): void => {
        clearTimeout(timer)
        resolve()
      }
      this.#waiting.push(proceed)
    })
  }

  /** Gives the place to the one that has waited longest. */
  #leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#inUse -= 1
    else next()
  }
}
