import { randomUUID } from 'node:crypto'
import { number } from '../../row-values.ts'
import { connectTo, type Deadline } from '../connection/connecting.ts'
import { ConnectionLost } from '../connection/failures.ts'
import { STORE_VERSION } from '../schema/migrations.ts'
import type { ServerClock } from '../connection/server-clock.ts'
import type { Session } from '../connection/session.ts'
import type { Target } from '../connection/url.ts'

/**
 * Begins a new epoch. It waits until a statement that is still under way has ended, fences out one that has not
 * begun, and answers how many batches are committed.
 */
const BEGIN_EPOCH = `INSERT INTO writers (id, batch, epoch, first_posting_id, store_version)
  VALUES ($1::uuid, 0, 0, 0, ${STORE_VERSION})
  ON CONFLICT (id) DO UPDATE SET epoch = writers.epoch + 1
  RETURNING batch, epoch, first_posting_id`

/** Changes nothing, and is as durable as a batch: a server that is full or that waits for its standby does not do it. */
const WRITE_NOTHING_NEW = 'UPDATE writers SET epoch = epoch WHERE id = $1::uuid'

/** Settling waits for a statement under way as long as a batch would. */
const SETTLE_WITHIN_MS = 2_000

/** Whose batch it is, and its place among those of its instance: it is written in this place or not at all. */
export interface FencingToken {
  readonly writerId: string
  /** How many batches the instance has committed before. */
  readonly batch: number
  /** How often the instance has connected: what an earlier connection has sent comes too late. */
  readonly epoch: number
}

/** The one connection over which this instance writes, and its place in the order of its batches. */
export class WriterConnection {
  readonly #target: Target
  readonly #writerId = randomUUID()
  readonly #serverClock: ServerClock
  #session: Session | undefined
  #batch = 0
  #epoch = 0
  #firstPostingId = 0

  constructor(target: Target, serverClock: ServerClock) {
    this.#target = target
    this.#serverClock = serverClock
  }

  /** That of the next batch. */
  get token(): FencingToken {
    return { writerId: this.#writerId, batch: this.#batch, epoch: this.#epoch }
  }

  /** The connection; when the last one is lost, a new one for which it is settled what became of the last batch. */
  async session(deadline: Deadline): Promise<Session> {
    if (this.#session?.isLost === false) return this.#session
    this.#serverClock.forget()
    const session = await connectTo(this.#target, deadline)
    await session.within(Math.min(SETTLE_WITHIN_MS, deadline.remainingMs), () => this.#beginEpoch(session))
    this.#session = session
    return session
  }

  /** The same, once it is known that its server has the time of this instance. Rejects with `ClockFault` otherwise. */
  async checkedSession(deadline: Deadline): Promise<Session> {
    const session = await this.session(deadline)
    const limitMs = Math.min(SETTLE_WITHIN_MS, deadline.remainingMs)
    await session.within(limitMs, () => this.#serverClock.check(session))
    return session
  }

  /** The batch of this token was committed. */
  committed(token: FencingToken): void {
    this.#batch = token.batch + 1
  }

  /** Whether it has been given up, or is not there yet. */
  get isLost(): boolean {
    return this.#session?.isLost !== false
  }

  /** What became of a batch whose answer was lost: the id of its first posting, or undefined if it was not committed. */
  settled(token: FencingToken): number | undefined {
    return this.#batch > token.batch ? this.#firstPostingId : undefined
  }

  /** Gives the connection up: the next batch gets a new one. */
  drop(reason: Error): void {
    this.#session?.destroy(reason)
  }

  /** Writes to this instance's row what it holds already. */
  async writeNothingNew(session: Session): Promise<void> {
    await session.query(WRITE_NOTHING_NEW, [this.#writerId])
  }

  async close(): Promise<void> {
    const session = this.#session
    if (session === undefined || session.isLost) return
    // A row that stays because the server is gone does no harm.
    await session
      .within(SETTLE_WITHIN_MS, () =>
        session.query('DELETE FROM writers WHERE id = $1::uuid', [this.#writerId]),
      )
      .catch(() => undefined)
    await session.close()
  }

  async #beginEpoch(session: Session): Promise<void> {
    try {
      const [row] = await session.query(BEGIN_EPOCH, [this.#writerId])
      if (row === undefined) throw new Error('the database did not register this instance')
      this.#batch = number(row, 'batch')
      this.#epoch = number(row, 'epoch')
      this.#firstPostingId = number(row, 'first_posting_id')
    } catch (error) {
      session.destroy(new ConnectionLost('the database did not register this instance'))
      throw error
    }
  }
}
