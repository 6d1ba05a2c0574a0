// `npm run bench`: the canonical workload, with no arguments. `--full` adds what takes long.
import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { PartReport } from './figures.ts'
import { type Options, readOptions } from './options.ts'
import { allParts } from './parts/all.ts'
import type { Bench, Part } from './parts/part.ts'
import { thisCloneAgainst } from './parts/versions.ts'
import { drawCharts } from './report/charts.ts'
import { describeMachine, otherWork } from './report/machine.ts'
import { writeMarkdown } from './report/markdown.ts'
import { figureTable } from './report/screen.ts'
import { projectRoot } from './servers/programs.ts'
import { removeFoldersOnInterrupt } from './servers/working-folder.ts'

const CONNECTIONS = 64
const WARMUP_SECONDS = 2
const BUSY_LOAD = 0.7

function partsOf({ full, only, against }: Options): readonly Part[] {
  if (against !== undefined) return [thisCloneAgainst(against)]
  if (only === undefined) return allParts.filter(({ long }) => full || !long)
  const parts = allParts.filter(({ name }) => name === only)
  if (parts.length > 0) return parts
  throw new Error(`--only is one of ${allParts.map(({ name }) => name).join(', ')}`)
}

function elapsed(): string {
  const seconds = Math.floor(performance.now() / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

async function runParts(parts: readonly Part[], bench: Bench): Promise<PartReport[]> {
  const reports: PartReport[] = []
  for (const [index, part] of parts.entries()) {
    bench.say(`[${elapsed()}] ${index + 1} of ${parts.length}: ${part.name}`)
    const report = await part.run(bench)
    if (report !== undefined) reports.push(report)
  }
  return reports
}

async function publish(options: Options, bench: Bench, reports: readonly PartReport[]): Promise<void> {
  const charts = drawCharts(reports)
  const folder = join(projectRoot, 'docs', 'benchmarks')
  await mkdir(folder, { recursive: true })
  for (const { file, svg } of charts) await writeFile(join(folder, file), svg)
  const command = options.full ? 'npm run bench -- --full' : 'npm run bench'
  const machine = await describeMachine(otherWorkBefore)
  const page = writeMarkdown({ command, machine, settings: bench.settings, reports, charts })
  await writeFile(join(projectRoot, 'docs', 'benchmarks.md'), page)
}

removeFoldersOnInterrupt()
const otherWorkBefore = otherWork()
const options = readOptions()
const parts = partsOf(options)
const bench: Bench = {
  cores: availableParallelism(),
  settings: {
    rounds: options.rounds,
    connections: CONNECTIONS,
    warmupSeconds: WARMUP_SECONDS,
    seconds: options.seconds,
  },
  shrink: options.shrink,
  say: (line) => console.log(line),
}
if (otherWorkBefore > BUSY_LOAD) {
  bench.say(
    `The machine is busy with other work (load average ${otherWorkBefore.toFixed(2)}): do not trust the figures.`,
  )
}
const reports = await runParts(parts, bench)
console.log(`\n${figureTable(reports).join('\n')}\n`)
if (options.canonical) {
  await publish(options, bench, reports)
  console.log(`[${elapsed()}] written to docs/benchmarks.md and docs/benchmarks/`)
} else {
  console.log(
    `[${elapsed()}] not written to docs/: that takes a run without --only, --against, --rounds, --seconds and --shrink`,
  )
}
