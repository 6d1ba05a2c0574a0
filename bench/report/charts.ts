import type { Measurement, Series } from '../comparison.ts'
import { p99, rate, type PartReport } from '../figures.ts'
import { median } from '../statistics.ts'
import { formatNumber } from './format.ts'
import { type Bar, drawBarChart } from './svg.ts'

/** A picture and the name of its file. */
export interface Chart {
  readonly file: string
  readonly title: string
  readonly svg: string
}

function barOf(part: PartReport, { name, runs }: Series, value: (measurement: Measurement) => number): Bar {
  const values = runs.map(value)
  const label = `${name} (${part.short})`
  return { label, value: median(values), low: Math.min(...values), high: Math.max(...values) }
}

/** Rates and latencies of everything that was loaded over HTTP. */
export function drawCharts(parts: readonly PartReport[]): Chart[] {
  const bars = (value: (measurement: Measurement) => number): Bar[] =>
    parts.flatMap((part) => part.series.map((series) => barOf(part, series, value)))
  if (parts.every(({ series }) => series.length === 0)) return []
  const rates = 'Requests per second (median, and the range of the rounds)'
  const latencies = 'p99 latency in milliseconds (median, and the range of the rounds)'
  return [
    {
      file: 'rates.svg',
      title: rates,
      svg: drawBarChart({ title: rates, bars: bars(rate), format: (value) => formatNumber(value, 0) }),
    },
    {
      file: 'latencies.svg',
      title: latencies,
      svg: drawBarChart({
        title: latencies,
        bars: bars(p99),
        format: (value) => `${formatNumber(value, 1)} ms`,
      }),
    },
  ]
}
