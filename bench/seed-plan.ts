import { Type, type Static } from 'typebox'

/** Seeded accounts are numbered upwards from here, so that up to 900,000 of them have six digits. */
export const FIRST_SEEDED_ACCOUNT = 100_000

/** The books to write into a new store. */
export interface SeedPlan {
  /** Its URL, as the service takes it. */
  readonly store: string
  readonly accounts: number
  /** Deposits, each to one of the accounts drawn uniformly. */
  readonly postings: number
  /** How many of the latest postings carry an idempotency key. */
  readonly keys: number
  /** Whether the keys are to be expired and pruned in the end. */
  readonly expireKeys?: boolean
}

/** What writing them took, as the seeding program prints it. */
export const SeedResult = Type.Object({
  /** The deposits alone. */
  seconds: Type.Number(),
  postingsPerSecond: Type.Number(),
})

export type SeedResult = Static<typeof SeedResult>

/** What writing a file took. */
export const SeededFile = Type.Object({
  ...SeedResult.properties,
  /** The size of the closed store without the accounts that were in it before. */
  bytes: Type.Number(),
  /** Of these, what is in use: the rest is taken by the next postings. */
  bytesInUse: Type.Number(),
})

export type SeededFile = Static<typeof SeededFile>
