import type { Measurement, Series } from './comparison.ts'
import { median, ratios } from './statistics.ts'

export type Unit = 'ratio' | 'ms' | 's' | 'bytes' | 'MiB' | 'postings/s' | 'requests/s'

/** What a figure is to reach: at least so much, or at most. */
export type Goal = { readonly atLeast: number } | { readonly atMost: number }

/** One line of the table of results: its value is the median of the rounds. */
export interface Figure {
  readonly what: string
  readonly unit: Unit
  readonly rounds: readonly number[]
  readonly goal?: Goal
}

export interface PartReport {
  readonly title: string
  /** The title in a word or three, for labels. */
  readonly short: string
  /** What was measured and how, in short sentences. */
  readonly method: string
  readonly figures: readonly Figure[]
  readonly series: readonly Series[]
}

export function isMet({ rounds, goal }: Figure): boolean {
  if (goal === undefined) return true
  const value = median(rounds)
  return 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost
}

/** Compares two series, round by round. */
export function ratioFigure(
  what: string,
  [numerator, denominator]: readonly [Series, Series],
  value: (measurement: Measurement) => number,
  goal?: Goal,
): Figure {
  const rounds = ratios(numerator.runs.map(value), denominator.runs.map(value))
  return { what, unit: 'ratio', rounds, ...(goal === undefined ? {} : { goal }) }
}

export const rate = ({ requestsPerSecond }: Measurement): number => requestsPerSecond
export const p99 = ({ p99Ms }: Measurement): number => p99Ms
