import { type StoreLog, StoreUnavailable } from '../../store.ts'

/** What a store met that only opening it again can mend. From then on it neither writes nor answers. */
export class FatalFault {
  readonly #log: StoreLog
  #error: StoreUnavailable | undefined

  constructor(log: StoreLog) {
    this.#log = log
  }

  /** The first fault is logged and stays the reason. Answers that reason. */
  raise(message: string, cause?: unknown): StoreUnavailable {
    if (this.#error === undefined) {
      this.#error = new StoreUnavailable(message, { cause })
      this.#log.fatal({ err: this.#error }, `the store takes no more requests: ${message}`)
    }
    return this.#error
  }

  /** Throws the reason, if there is one. */
  throwIfRaised(): void {
    if (this.#error !== undefined) throw this.#error
  }

  get isRaised(): boolean {
    return this.#error !== undefined
  }
}
