import { setTimeout } from 'node:timers/promises'
import type { Figure } from '../figures.ts'
import { service } from '../servers/catalogue.ts'
import { type Usage, usageOf } from '../servers/process-tree.ts'
import { startServer } from '../servers/server.ts'
import { withWorkingFolder } from '../servers/working-folder.ts'
import type { Part } from './part.ts'

const IDLE_SECONDS = 2
export const BYTES_PER_MIB = 1024 * 1024

interface Start {
  readonly startMs: number
  readonly usageAtStart: Usage
  readonly idleBytes: number
}

function startOnce(): Promise<Start> {
  return withWorkingFolder(async (folder) => {
    const { pid, startMs, usageAtStart, stop } = await startServer(service()(folder), folder)
    await setTimeout(IDLE_SECONDS * 1000)
    const idleBytes = usageOf(pid).residentBytes
    await stop()
    return { startMs, usageAtStart, idleBytes }
  })
}

/** Start and idle memory of the service as a user starts it: default settings, an empty store. */
export const startAndIdleMemory: Part = {
  name: 'footprint',
  long: false,
  async run({ settings, say }) {
    const starts: Start[] = []
    while (starts.length < settings.rounds) {
      const start = await startOnce()
      starts.push(start)
      say(
        `  round ${starts.length}  first answer after ${start.startMs.toFixed(0)} ms, ${start.usageAtStart.cpuMs} ms of processor time`,
      )
    }
    const figures: Figure[] = [
      {
        what: 'start to first answer, empty store: processor time',
        unit: 's',
        rounds: starts.map(({ usageAtStart }) => usageAtStart.cpuMs / 1000),
        goal: { atMost: 0.5 },
      },
      {
        what: 'start to first answer, empty store: on the clock',
        unit: 's',
        rounds: starts.map(({ startMs }) => startMs / 1000),
      },
      {
        what: 'idle resident memory',
        unit: 'MiB',
        rounds: starts.map(({ idleBytes }) => idleBytes / BYTES_PER_MIB),
        goal: { atMost: 100 },
      },
    ]
    return {
      title: 'Start and idle memory',
      short: 'start',
      method: `Default settings, a new store, all processes of the service together; memory ${IDLE_SECONDS} s after the first answer.`,
      figures,
      series: [],
    }
  },
}
