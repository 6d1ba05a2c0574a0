import { setTimeout as pause } from 'node:timers/promises'
import { isRefusal } from './failures.ts'
import { Session } from './session.ts'
import type { Target } from './url.ts'

/** A server that has not let us in after this long is as good as down: it is tried again. */
const CONNECT_WITHIN_MS = 2_000

const PAUSE_MS = 100

/** With less time than this another try would only fail for want of time, and hide the reason. */
const LEAST_MS = 300

/** No server of the URL could be used; the message says why for each, and holds no password. */
export class CannotConnect extends Error {
  override readonly name = 'CannotConnect'
}

/** Connects to the server that takes writes, and tries until the deadline. Rejects with `CannotConnect`. */
export async function connectTo(target: Target, deadline: Deadline): Promise<Session> {
  for (;;) {
    try {
      return await connectToFirst(target, Math.min(CONNECT_WITHIN_MS, deadline.remainingMs))
    } catch (error) {
      const reasons: readonly unknown[] = error instanceof AggregateError ? error.errors : [error]
      if (deadline.remainingMs <= LEAST_MS || reasons.every(isRefusal)) throw cannotConnect(target, reasons)
    }
    await pause(PAUSE_MS)
  }
}

/** Tries all servers at once, so that none that is frozen or far away holds up the one that took over. */
async function connectToFirst(target: Target, withinMs: number): Promise<Session> {
  const attempts = target.addresses.map((address) => Session.open(address, target, withinMs))
  const first = await Promise.any(attempts)
  for (const attempt of attempts) {
    void attempt.then(
      (session) => (session === first ? undefined : session.close()),
      () => undefined,
    )
  }
  return first
}

function cannotConnect(target: Target, reasons: readonly unknown[]): CannotConnect {
  const sentences = target.addresses.map(
    ({ host, port }, index) => `${host}:${port}: ${messageOf(reasons[index])}`,
  )
  return new CannotConnect(sentences.join('; '), { cause: reasons[0] })
}

function messageOf(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason)
  // A name with several addresses fails with all of their errors, and no message of its own.
  return reason.message || ('code' in reason ? String(reason.code) : reason.name)
}

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
