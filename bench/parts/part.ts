import { type ComparisonSettings, type Series, type Variant, compare } from '../comparison.ts'
import type { PartReport } from '../figures.ts'
import type { Traffic } from '../load/request-source.ts'

export interface Bench {
  readonly cores: number
  readonly settings: Omit<ComparisonSettings, 'onMeasured'>
  /** Divides the sizes of `--full` stores, to try the benchmark itself. */
  readonly shrink: number
  readonly say: (line: string) => void
}

/** One subject of the benchmark. */
export interface Part {
  readonly name: string
  /** Whether it runs only with `--full`. */
  readonly long: boolean
  /** Answers undefined when it cannot run here, and has said why. */
  run(bench: Bench): Promise<PartReport | undefined>
}

export const depositsToOneAccount: Traffic = {
  operation: 'deposit',
  firstAccount: 1001,
  accounts: 1,
  freshKeys: false,
}

/** Measures the variants with progress on the screen. Their order is that of the answer. */
export function compareAloud<Names extends readonly Variant[]>(
  bench: Bench,
  variants: readonly [...Names],
): Promise<{ [Index in keyof Names]: Series }>
export async function compareAloud(bench: Bench, variants: readonly Variant[]): Promise<Series[]> {
  return compare(variants, {
    ...bench.settings,
    onMeasured: (round, name, { requestsPerSecond, p99Ms }) =>
      bench.say(
        `  round ${round + 1}  ${name.padEnd(44)} ${requestsPerSecond.toFixed(0).padStart(7)}/s  p99 ${p99Ms.toFixed(1)} ms`,
      ),
  })
}

/** The same benchmark with other settings, for a part that would take too long or asks for more. */
export function withSettings(bench: Bench, settings: Partial<Bench['settings']>): Bench {
  return { ...bench, settings: { ...bench.settings, ...settings } }
}
