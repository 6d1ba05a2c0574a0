import { get } from 'node:http'
import { join } from 'node:path'
import type { Figure } from '../figures.ts'
import type { LoadResult } from '../load/result.ts'
import { runLoadGenerator } from '../load/run.ts'
import { FIRST_SEEDED_ACCOUNT } from '../seed-plan.ts'
import { seedStore } from '../seed-store.ts'
import { service } from '../servers/catalogue.ts'
import { usageOf } from '../servers/process-tree.ts'
import { type RunningServer, startServer } from '../servers/server.ts'
import { withWorkingFolder } from '../servers/working-folder.ts'
import { BYTES_PER_MIB } from './footprint.ts'
import { type Bench, type Part, depositsToOneAccount } from './part.ts'

const POSTINGS = 1_000_000
const SAMPLE_MS = 20

function readHistory(port: number): Promise<number> {
  const path = `/accounts/${FIRST_SEEDED_ACCOUNT}/transactions`
  return new Promise((resolve, reject) => {
    const request = get({ port, host: '127.0.0.1', path, agent: false }, (response) => {
      let bytes = 0
      response.on('data', (chunk: Buffer) => (bytes += chunk.length))
      response.once('end', () => resolve(bytes))
      response.once('error', reject)
    })
    request.once('error', reject)
  })
}

/** Reads the history again and again while the work goes on; answers its result and the bytes of one history. */
async function whileReading<Result>(port: number, started: Promise<Result>): Promise<[Result, number]> {
  const work = { over: false }
  const result = started.finally(() => (work.over = true))
  let bytes = 0
  do bytes = await readHistory(port)
  while (!work.over)
  return [await result, bytes]
}

interface Round {
  readonly before: LoadResult
  readonly during: LoadResult
  readonly extraBytes: number
  readonly historyBytes: number
}

async function loadWhileReading({ port, pid }: RunningServer, { settings }: Bench): Promise<Round> {
  const before = await runLoadGenerator(port, depositsToOneAccount, settings)
  const residentBefore = usageOf(pid).residentBytes
  let peak = residentBefore
  const sampling = setInterval(() => (peak = Math.max(peak, usageOf(pid).residentBytes)), SAMPLE_MS)
  const load = runLoadGenerator(port, depositsToOneAccount, settings)
  const [during, historyBytes] = await whileReading(port, load).finally(() => clearInterval(sampling))
  return { before, during, extraBytes: peak - residentBefore, historyBytes }
}

async function measureOnce(bench: Bench, storePath: string, folder: string): Promise<Round> {
  const program = service({ storePath })(folder)
  const server = await startServer(program, folder)
  try {
    return await loadWhileReading(server, bench)
  } finally {
    await server.stop()
  }
}

export const streamedHistory: Part = {
  name: 'history-stream',
  long: true,
  run: (bench) =>
    withWorkingFolder(async (folder) => {
      const postings = Math.ceil(POSTINGS / bench.shrink)
      const path = join(folder, 'seeded.db')
      bench.say(`  writing ${postings.toLocaleString('en')} postings to one account`)
      await seedStore({ path, accounts: 1, postings, keys: 0 })
      const rounds: Round[] = []
      while (rounds.length < bench.settings.rounds) {
        const round = await measureOnce(bench, path, folder)
        rounds.push(round)
        bench.say(
          `  round ${rounds.length}  p99 ${round.before.p99Ms.toFixed(1)} ms before, ${round.during.p99Ms.toFixed(1)} ms during, ` +
            `${(round.extraBytes / BYTES_PER_MIB).toFixed(0)} MiB extra for ${(round.historyBytes / BYTES_PER_MIB).toFixed(0)} MiB read`,
        )
      }
      const figures: Figure[] = [
        {
          what: 'extra resident memory while streaming',
          unit: 'MiB',
          rounds: rounds.map(({ extraBytes }) => extraBytes / BYTES_PER_MIB),
          goal: { atMost: 64 },
        },
        {
          what: "other clients' p99 while streaming / before",
          unit: 'ratio',
          rounds: rounds.map(({ before, during }) => during.p99Ms / before.p99Ms),
          goal: { atMost: 3 },
        },
        { what: "other clients' p99 before", unit: 'ms', rounds: rounds.map(({ before }) => before.p99Ms) },
        {
          what: "other clients' p99 while streaming",
          unit: 'ms',
          rounds: rounds.map(({ during }) => during.p99Ms),
        },
      ]
      return {
        title: `Streaming a full history of ${postings.toLocaleString('en')} postings`,
        short: 'history',
        method:
          `One client reads the whole history again and again while ${bench.settings.connections} others deposit to another ` +
          `account. Memory is sampled every ${SAMPLE_MS} ms, against what it was after the same load without the reader.`,
        figures,
        series: [],
      }
    }),
}
