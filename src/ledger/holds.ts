/** Money set aside: nothing else may use it until the hold is captured, released, or expired. */
export interface OpenHold {
  readonly id: number
  /** Cents, at least 1. */
  readonly amount: bigint
  /** From this time on it holds nothing, in milliseconds since 1970, UTC; undefined for never. */
  readonly expiresAtMs: number | undefined
}

/** Of an account on which nothing is held. */
export const NO_HOLDS: readonly OpenHold[] = []

/** A hold with all that became of it. */
export interface Hold extends OpenHold {
  readonly accountId: number
  readonly accountNumber: string
  readonly reference: string | undefined
  readonly placedAtMs: number
  /** Whether it was ended by a command; one that has merely expired stays `open` here, see `holdStatus`. */
  readonly state: HoldState
  /** What was captured of it, in cents; 0 unless captured. */
  readonly capturedAmount: bigint
  /** The posting that captured it. */
  readonly capturePostingId: number | undefined
}

export const holdStates = ['open', 'captured', 'released'] as const

export type HoldState = (typeof holdStates)[number]

/** A hold as it is stored, read at one moment of the ledger's time. */
export interface StoredHold {
  readonly hold: Hold
  readonly asOfMs: number
}

/** How many holds may be open on one account, so that looking through them stays cheap. */
export const MAX_OPEN_HOLDS = 1_000

/** Whether the hold has run out by then. Its money is free from that moment on, whether anything runs or not. */
export function hasExpired({ expiresAtMs }: OpenHold, nowMs: number): boolean {
  return expiresAtMs !== undefined && expiresAtMs <= nowMs
}

export function holdStatus(hold: Hold, nowMs: number): HoldState | 'expired' {
  return hold.state === 'open' && hasExpired(hold, nowMs) ? 'expired' : hold.state
}

/** The holds that have not expired by then. */
export function unexpired(openHolds: readonly OpenHold[], nowMs: number): readonly OpenHold[] {
  return openHolds.filter((hold) => !hasExpired(hold, nowMs))
}

/** What the holds keep from all other use at that time, in cents. */
export function heldAt(openHolds: readonly OpenHold[], nowMs: number): bigint {
  let held = 0n
  for (const hold of openHolds) if (!hasExpired(hold, nowMs)) held += hold.amount
  return held
}
