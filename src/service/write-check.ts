import { StoreUnavailable } from '../storage/store.ts'

/** For this long the latest write stands for the next one. */
const VALID_FOR_MS = 1_000

/** A store that has not answered by then counts as one that takes no writes. */
const ANSWER_WITHIN_MS = 3_000

/** Undefined when the write was taken. */
type Fault = StoreUnavailable | undefined

/** Whether the store takes writes, by the latest one or by a probe. */
export class WriteCheck {
  #latest: { readonly atMs: number; readonly fault: Fault } | undefined
  #waiting: ((fault: Fault) => void)[] = []

  /** Whether someone waits for the result of a next write. */
  get isWanted(): boolean {
    return this.#waiting.length > 0
  }

  /** To be called with what came of a write. */
  record(fault: Fault): void {
    this.#latest = { atMs: performance.now(), fault }
    const waiting = this.#waiting
    this.#waiting = []
    for (const answer of waiting) answer(fault)
  }

  /** Answers what came of the latest write if that was just now, else of the next one. Calls `onWanted` for that one. */
  async result(onWanted: () => void): Promise<Fault> {
    if (this.#latest !== undefined && performance.now() - this.#latest.atMs < VALID_FOR_MS)
      return this.#latest.fault
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => resolve(new StoreUnavailable(`the store gave no answer within ${ANSWER_WITHIN_MS / 1_000} s`)),
        ANSWER_WITHIN_MS,
      )
      this.#waiting.push((fault) => {
        clearTimeout(timer)
        resolve(fault)
      })
      onWanted()
    })
  }
}
