import { durationOf } from '../../../ledger/clock.ts'
import { ClockFault } from '../../store.ts'
import { number } from '../../row-values.ts'
import type { Session } from './session.ts'

const CHECK_EVERY_MS = 10_000

const SELECT_TIME = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms'

/** Compares this instance's clock with the server's, which all instances share, so that none dates by a time of its own. */
export class ServerClock {
  readonly #clock: () => number
  readonly #toleranceMs: number
  #nextAtMs = 0

  /** `toleranceMs` is how far the two may differ, at any distance when undefined. */
  constructor(clock: () => number, toleranceMs = Number.POSITIVE_INFINITY) {
    this.#clock = clock
    this.#toleranceMs = toleranceMs
  }

  /** For a new connection: its server may be another one. */
  forget(): void {
    this.#nextAtMs = 0
  }

  /** Compares from time to time, at the price of a round trip. Throws `ClockFault` where the clocks differ. */
  async check(session: Session): Promise<void> {
    if (this.#toleranceMs === Number.POSITIVE_INFINITY || performance.now() < this.#nextAtMs) return
    const beforeMs = this.#clock()
    const [row] = await session.query(SELECT_TIME)
    const serverMs = row === undefined ? beforeMs : number(row, 'now_ms')
    // The server has read its clock between the two readings of ours.
    const aheadMs = Math.max(beforeMs - serverMs, 0) + Math.min(this.#clock() - serverMs, 0)
    if (Math.abs(aheadMs) > this.#toleranceMs) {
      throw new ClockFault(
        `the clock of this machine is ${durationOf(aheadMs)} ${aheadMs > 0 ? 'ahead of' : 'behind'} that of the database server; set the one that is wrong`,
      )
    }
    this.#nextAtMs = performance.now() + CHECK_EVERY_MS
  }
}
