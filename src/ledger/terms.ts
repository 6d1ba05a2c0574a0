import { type Limits, NO_LIMITS } from './accounts.ts'
import { DEFAULT_TIME_ZONE } from './business-day.ts'

/** What a deployment sets for all accounts alike. */
export interface Terms {
  /** How long an idempotency record lives, in milliseconds. */
  readonly idempotencyTtlMs: number
  /** The limits of accounts that have none of their own. */
  readonly limits: Limits
  /** A name of the IANA database: where the days of daily limits begin. */
  readonly timeZone: string
}

/** The terms of a deployment that sets nothing but how long idempotency records live. */
export function plainTerms(idempotencyTtlMs: number): Terms {
  return { idempotencyTtlMs, limits: NO_LIMITS, timeZone: DEFAULT_TIME_ZONE }
}
