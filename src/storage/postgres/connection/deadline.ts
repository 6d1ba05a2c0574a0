/** A moment after which nobody waits any longer. */
export class Deadline {
  readonly #endsAtMs: number

  constructor(withinMs: number) {
    this.#endsAtMs = performance.now() + withinMs
  }

  /** Never less than 0. */
  get remainingMs(): number {
    return Math.max(0, this.#endsAtMs - performance.now())
  }

  get hasPassed(): boolean {
    return this.remainingMs === 0
  }
}
