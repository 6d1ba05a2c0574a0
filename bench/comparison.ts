import { setTimeout } from 'node:timers/promises'
import type { Traffic } from './load/request-source.ts'
import type { LoadResult } from './load/result.ts'
import { type LoadSettings, runLoadGenerator } from './load/run.ts'
import type { ServerRecipe } from './servers/catalogue.ts'
import { usageOf } from './servers/process-tree.ts'
import { startServer } from './servers/server.ts'
import { withWorkingFolder } from './servers/working-folder.ts'

/** A server under a kind of load. */
export interface Variant {
  readonly name: string
  readonly server: ServerRecipe
  readonly traffic: Traffic
}

export interface Measurement extends LoadResult {
  /** Processor time of the server in shares of one core. */
  readonly serverCpuShare: number
  /** The same of the database server, where the server works on one. */
  readonly databaseCpuShare: number
  /** After the load. */
  readonly serverResidentBytes: number
}

/** All that was measured of one variant, a round each. */
export interface Series {
  readonly name: string
  readonly runs: readonly Measurement[]
}

export interface ComparisonSettings extends LoadSettings {
  readonly rounds: number
  readonly onMeasured: (round: number, name: string, measurement: Measurement) => void
}

// The generator needs this long to start, and the sample must end while it still runs.
const SAMPLE_MARGIN_MS = 300

async function cpuShareUnderLoad(
  pid: number | undefined,
  { warmupSeconds, seconds }: LoadSettings,
): Promise<number> {
  if (pid === undefined) return 0
  await setTimeout(warmupSeconds * 1000 + SAMPLE_MARGIN_MS)
  const startedAtMs = performance.now()
  const before = usageOf(pid).cpuMs
  await setTimeout(Math.max(SAMPLE_MARGIN_MS, seconds * 1000 - 2 * SAMPLE_MARGIN_MS))
  return (usageOf(pid).cpuMs - before) / (performance.now() - startedAtMs)
}

/** Loads the variant once: a fresh server process, a fresh load generator process. */
export function measure({ server, traffic }: Variant, settings: LoadSettings): Promise<Measurement> {
  return withWorkingFolder(async (folder) => {
    const program = await server(folder)
    const { port, pid, stop } = await startServer(program, folder)
    try {
      const [result, serverCpuShare, databaseCpuShare] = await Promise.all([
        runLoadGenerator(port, traffic, settings),
        cpuShareUnderLoad(pid, settings),
        cpuShareUnderLoad(program.database?.pid, settings),
      ])
      return { ...result, serverCpuShare, databaseCpuShare, serverResidentBytes: usageOf(pid).residentBytes }
    } finally {
      await stop()
      await program.database?.remove()
    }
  })
}

/** Measures all variants in every round, in turns forwards and backwards, so that a drift of the machine cancels out. */
export async function compare(variants: readonly Variant[], settings: ComparisonSettings): Promise<Series[]> {
  const series = variants.map((variant) => ({ variant, name: variant.name, runs: [] as Measurement[] }))
  for (let round = 0; round < settings.rounds; round++) {
    for (const { variant, runs } of round % 2 === 0 ? series : series.toReversed()) {
      const measurement = await measure(variant, settings)
      runs.push(measurement)
      settings.onMeasured(round, variant.name, measurement)
    }
  }
  return series
}
