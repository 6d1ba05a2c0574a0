import type { Series } from '../comparison.ts'
import { median } from '../statistics.ts'
import { formatNumber } from './format.ts'

// A server whose work is nearly all on one thread uses about one core when it is the limit.
const BUSY_SHARE = 0.9

function percent(share: number): string {
  return `${formatNumber(share * 100, 0)} %`
}

/** Says who was the limit: the generator is not while its loop has time to wait. */
export function bottleneckOf({ name, runs }: Series): string {
  const server = median(runs.map(({ serverCpuShare }) => serverCpuShare))
  const generator = median(runs.map(({ generatorLoopShare }) => generatorLoopShare))
  const limit =
    generator >= BUSY_SHARE ? 'the load generator' : server >= BUSY_SHARE ? 'the server' : 'waiting (disk)'
  return `${name}: limited by ${limit}; the server used ${percent(server)} of a core, the generator had ${percent(1 - generator)} of its time to spare`
}
