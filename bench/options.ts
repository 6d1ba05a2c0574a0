import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export interface Options {
  /** Also the parts that take long. */
  readonly full: boolean
  /** One part alone. */
  readonly only: string | undefined
  readonly rounds: number
  readonly seconds: number
  readonly shrink: number
  /** Another clone of the project, to compare with instead of all else. */
  readonly against: string | undefined
  /** Whether the figures are of the canonical workload, and so may replace the published ones. */
  readonly canonical: boolean
}

const ROUNDS = 3
const SECONDS = 2

function positive(name: string, text: string | undefined, otherwise: number): number {
  const number = text === undefined ? otherwise : Number(text)
  if (number > 0) return number
  throw new Error(`--${name} must be a number above 0`)
}

/** Reads the command line. Only `--full` is for users; the others are for work on the program or on one figure. */
export function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      full: { type: 'boolean', default: false },
      only: { type: 'string' },
      against: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      shrink: { type: 'string' },
    },
  })
  const { full, only, against, rounds, seconds, shrink } = values
  return {
    full,
    only,
    against: against === undefined ? undefined : resolve(against),
    rounds: positive('rounds', rounds, ROUNDS),
    seconds: positive('seconds', seconds, SECONDS),
    shrink: positive('shrink', shrink, 1),
    canonical: [only, against, rounds, seconds, shrink].every((value) => value === undefined),
  }
}
