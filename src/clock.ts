import { uptime } from 'node:os'
import { CLOCK_TOLERANCE_MS, durationOf } from './ledger/clock.ts'
import { ClockFault } from './storage/store.ts'

/** The clocks of a computer, in milliseconds. */
export interface TimeSources {
  /** Since 1970, UTC. Anyone may set it. */
  readonly wallMs: () => number
  /** Runs on whatever is set, but on Linux not while the computer sleeps. */
  readonly monotonicMs: () => number
  /** Since the computer has started, sleep included. Takes some microseconds to read. */
  readonly uptimeMs: () => number
}

const computer: TimeSources = {
  wallMs: Date.now,
  monotonicMs: () => performance.now(),
  uptimeMs: () => 1_000 * uptime(),
}

type Reading = { readonly [Source in keyof TimeSources]: number }

/** The time of day may be corrected by the tolerance once in this time: a hundred times what a poor crystal needs. */
const FOLLOW_EVERY_MS = 3_600_000

const LOOK_EVERY_MS = 60_000

/**
 * The time of day, as long as it runs on as the computer's other clocks do. A ledger's time never runs back, so one
 * posting dated by a clock that was set ahead would date all later ones.
 */
export class WatchedClock {
  readonly #sources: TimeSources
  #reference: Reading
  #fault: ClockFault | undefined
  #onChange: (fault: ClockFault | undefined) => void = () => undefined

  /** Takes the time of day as it is now for right. */
  constructor(sources: TimeSources = computer) {
    this.#sources = sources
    const { wallMs, monotonicMs, uptimeMs } = sources
    this.#reference = { wallMs: wallMs(), monotonicMs: monotonicMs(), uptimeMs: uptimeMs() }
  }

  /** Milliseconds since 1970, UTC. Throws `ClockFault` while the time of day is not what the other clocks make it. */
  readonly now = (): number => {
    const wallMs = this.#sources.wallMs()
    const monotonicMs = this.#sources.monotonicMs()
    const elapsedMs = monotonicMs - this.#reference.monotonicMs
    const aheadMs = wallMs - this.#reference.wallMs - elapsedMs
    if (Math.abs(aheadMs) > CLOCK_TOLERANCE_MS) {
      if (!this.#hasSlept(wallMs)) throw this.#failed(aheadMs)
      this.#setReference(wallMs, monotonicMs)
    } else if (elapsedMs > FOLLOW_EVERY_MS) this.#setReference(wallMs, monotonicMs)
    if (this.#fault !== undefined) this.#changed(undefined)
    return wallMs
  }

  /** Calls `onChange` with each fault that is found, and with undefined when it has gone. Also looks on its own, once a minute. */
  watch(onChange: (fault: ClockFault | undefined) => void): void {
    this.#onChange = onChange
    setInterval(() => {
      try {
        this.now()
      } catch (error) {
        if (!(error instanceof ClockFault)) throw error
      }
    }, LOOK_EVERY_MS).unref()
  }

  /** Whether the computer was asleep for what the monotonic clock lacks. */
  #hasSlept(wallMs: number): boolean {
    const elapsedMs = this.#sources.uptimeMs() - this.#reference.uptimeMs
    return Math.abs(wallMs - this.#reference.wallMs - elapsedMs) <= CLOCK_TOLERANCE_MS
  }

  #setReference(wallMs: number, monotonicMs: number): void {
    this.#reference = { wallMs, monotonicMs, uptimeMs: this.#sources.uptimeMs() }
  }

  #failed(aheadMs: number): ClockFault {
    const direction = aheadMs > 0 ? 'ahead' : 'back'
    const fault = new ClockFault(
      `the clock of this machine was set ${durationOf(aheadMs)} ${direction}; set it right, or restart the service if it is right now`,
    )
    if (this.#fault === undefined) this.#changed(fault)
    return fault
  }

  #changed(fault: ClockFault | undefined): void {
    this.#fault = fault
    this.#onChange(fault)
  }
}
