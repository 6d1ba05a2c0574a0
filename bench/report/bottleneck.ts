import { availableParallelism } from 'node:os'
import type { Series } from '../comparison.ts'
import { median } from '../statistics.ts'
import { formatNumber } from './format.ts'

/** From here on a core, or a loop, counts as fully used. */
const BUSY_SHARE = 0.9

function percent(share: number): string {
  return `${formatNumber(share * 100, 0)} %`
}

/** Who was the limit. The generator is not while its loop has time to wait. */
function limitOf(serverCores: number, allCores: number, generatorLoop: number, cores: number): string {
  if (generatorLoop >= BUSY_SHARE) return 'the load generator'
  if (allCores >= BUSY_SHARE * cores) return `the machine, all ${cores} cores being busy`
  // Nearly all the work of a server in one process is on one thread.
  return serverCores >= BUSY_SHARE ? 'the server' : 'waiting, such as for the disk'
}

/** Says in a sentence which side was the bottleneck, and how much time the load generator had to spare. */
export function bottleneckOf({ name, runs }: Series, cores = availableParallelism()): string {
  const server = median(runs.map(({ serverCpuShare }) => serverCpuShare))
  const database = median(runs.map(({ databaseCpuShare }) => databaseCpuShare))
  const generator = median(runs.map(({ generatorCpuShare }) => generatorCpuShare))
  const loop = median(runs.map(({ generatorLoopShare }) => generatorLoopShare))
  const limit = limitOf(server, server + database + generator, loop, cores)
  const databaseUse = database > 0 ? `, the database server ${percent(database)}` : ''
  return `${name}: limited by ${limit}; the server used ${percent(server)} of a core${databaseUse}, and the load generator had ${percent(1 - loop)} of its time to spare.`
}
