import type { Measurement, Series } from '../comparison.ts'
import type { PartReport } from '../figures.ts'
import type { LoadSettings } from '../load/run.ts'
import { median } from '../statistics.ts'
import { bottleneckOf } from './bottleneck.ts'
import type { Chart } from './charts.ts'
import { figureCells, formatNumber } from './format.ts'
import type { MachineFacts } from './machine.ts'

export interface Benchmark {
  readonly command: string
  readonly machine: MachineFacts
  readonly settings: LoadSettings & { readonly rounds: number }
  readonly reports: readonly PartReport[]
  readonly charts: readonly Chart[]
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function table(heads: readonly string[], lines: readonly (readonly string[])[]): string {
  return [line(heads), line(heads.map(() => '---')), ...lines.map(line)].join('\n')
}

const columns: readonly (readonly [
  head: string,
  places: number,
  value: (measurement: Measurement) => number,
])[] = [
  ['requests/s', 0, ({ requestsPerSecond }) => requestsPerSecond],
  ['p50 ms', 1, ({ p50Ms }) => p50Ms],
  ['p99 ms', 1, ({ p99Ms }) => p99Ms],
  ['max ms', 1, ({ maxMs }) => maxMs],
  ['server, cores', 2, ({ serverCpuShare }) => serverCpuShare],
  ['server, MiB', 0, ({ serverResidentBytes }) => serverResidentBytes / 1024 ** 2],
  ['generator busy', 2, ({ generatorLoopShare }) => generatorLoopShare],
  ['generator, cores', 2, ({ generatorCpuShare }) => generatorCpuShare],
]

function mediansOf({ name, runs }: Series): string[] {
  return [name, ...columns.map(([, places, value]) => formatNumber(median(runs.map(value)), places))]
}

function rawLines({ name, runs }: Series): string[][] {
  return runs.map((run, round) => [
    name,
    String(round + 1),
    ...columns.map(([, places, value]) => formatNumber(value(run), places)),
  ])
}

function partSection({ title, method, series }: PartReport): string[] {
  const heads = columns.map(([head]) => head)
  if (series.length === 0) return [`## ${title}`, method]
  return [
    `## ${title}`,
    method,
    table(['medians', ...heads], series.map(mediansOf)),
    series.map((each) => `- ${bottleneckOf(each)}`).join('\n'),
    '<details><summary>Every round</summary>',
    table(['raw', 'round', ...heads], series.flatMap(rawLines)),
    '</details>',
  ]
}

/** The page that `npm run bench` leaves behind. */
export function writeMarkdown({ command, machine, settings, reports, charts }: Benchmark): string {
  const { rounds, connections, warmupSeconds, seconds } = settings
  return `${[
    '# Benchmarks',
    `Written by \`${command}\`; run it to get your own. Do not edit.`,
    '## Results',
    table(
      ['what', 'median', 'goal', 'met', 'each round'],
      reports.flatMap(({ figures }) => figures.map(figureCells)),
    ),
    ...charts.map(({ file, title }) => `![${title}](benchmarks/${file})`),
    '## How it was measured',
    `Every measurement is a fresh server process on a store of its own, loaded by a load generator in another process over ` +
      `${connections} connections, one request in flight on each, one operation a request: ${warmupSeconds} s of warm-up ` +
      `thrown away, then ${seconds} s measured. Parts that need a large store open the same one in every round. What is ` +
      `compared runs in turns, ${rounds} rounds, in the opposite order every other round. A ratio is taken in each round, ` +
      'and its median given. Every answer must be 2xx. Latency is from handing a request to the socket until its ' +
      'answer has been read; a slow answer delays the next request of its connection.',
    'How busy the event loop of the load generator was is given with every figure: while it has time to wait, it is not ' +
      'the limit. On all cores it takes its share of them from the server.',
    table(['machine', ''], machine),
    ...reports.flatMap(partSection),
  ].join('\n\n')}\n`
}
