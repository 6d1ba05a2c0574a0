import { join } from 'node:path'
import type { Series } from '../comparison.ts'
import { type Figure, rate, ratioFigure } from '../figures.ts'
import type { Operation, Traffic } from '../load/request-source.ts'
import { FIRST_SEEDED_ACCOUNT } from '../seed-plan.ts'
import { seedStore } from '../seed-store.ts'
import { service } from '../servers/catalogue.ts'
import { startServer } from '../servers/server.ts'
import { withWorkingFolder } from '../servers/working-folder.ts'
import { type Bench, type Part, compareAloud } from './part.ts'

const POSTINGS_AN_ACCOUNT = 100
const LARGE_ACCOUNTS = 100_000
const SMALL_ACCOUNTS = 100
const DAY_SECONDS = 86_400

interface BatchState {
  readonly path: string
  readonly accounts: number
}

async function seedBooks(bench: Bench, folder: string, name: string, accounts: number): Promise<BatchState> {
  const path = join(folder, `${name}.db`)
  const postings = accounts * POSTINGS_AN_ACCOUNT
  bench.say(
    `  writing ${postings.toLocaleString('en')} postings over ${accounts.toLocaleString('en')} accounts`,
  )
  await seedStore({ path, accounts, postings, keys: 0 })
  return { path, accounts }
}

function trafficOver(operation: Operation, { accounts }: BatchState): Traffic {
  return { operation, firstAccount: FIRST_SEEDED_ACCOUNT, accounts, freshKeys: false }
}

async function timeStarts({ settings, say }: Bench, { path }: BatchState): Promise<Figure> {
  const rounds: number[] = []
  while (rounds.length < settings.rounds) {
    const startMs = await withWorkingFolder(async (folder) => {
      const server = await startServer(service({ storePath: path })(folder), folder)
      await server.stop()
      return server.startMs
    })
    rounds.push(startMs / 1000)
    say(`  round ${rounds.length}  first answer after ${startMs.toFixed(0)} ms`)
  }
  return { what: 'start to first answer on the large store', unit: 's', rounds, goal: { atMost: 1 } }
}

export const largeStore: Part = {
  name: 'large-store',
  long: true,
  run: (bench) =>
    withWorkingFolder(async (folder) => {
      const large = await seedBooks(bench, folder, 'large', Math.ceil(LARGE_ACCOUNTS / bench.shrink))
      const small = await seedBooks(bench, folder, 'small', SMALL_ACCOUNTS)
      const onLarge = service({ storePath: large.path })
      const onSmall = service({ copyOf: small.path })
      const figures = [await timeStarts(bench, large)]
      const series: Series[] = []
      for (const operation of ['deposit', 'balance', 'history'] as const) {
        const pair = await compareAloud(bench, [
          { name: `${operation}, large store`, server: onLarge, traffic: trafficOver(operation, large) },
          { name: `${operation}, small store`, server: onSmall, traffic: trafficOver(operation, small) },
        ])
        series.push(...pair)
        figures.push(
          ratioFigure(`${operation}: rate, large store / small store`, pair, rate, { atLeast: 0.85 }),
          ratioFigure(
            `${operation}: resident memory after the load, large store / small store`,
            pair,
            ({ serverResidentBytes }) => serverResidentBytes,
            { atMost: 1.25 },
          ),
        )
      }
      return {
        title: 'A large store against a small one',
        short: 'growth',
        method:
          `${(large.accounts * POSTINGS_AN_ACCOUNT).toLocaleString('en')} postings over ${large.accounts.toLocaleString('en')} ` +
          `accounts against ${(small.accounts * POSTINGS_AN_ACCOUNT).toLocaleString('en')} over ${small.accounts}, so an account ` +
          'has 100 postings in both. Accounts are drawn uniformly; a history is its first page of 20.',
        figures,
        series,
      }
    }),
}

export const manyLiveKeys: Part = {
  name: 'live-keys',
  long: true,
  run: (bench) =>
    withWorkingFolder(async (folder) => {
      const postings = Math.ceil(1_000_000 / bench.shrink)
      const traffic: Traffic = { operation: 'deposit', firstAccount: 1001, accounts: 1, freshKeys: true }
      const withKeys = async (keys: number) => {
        const storePath = join(folder, `${keys}-keys.db`)
        bench.say(
          `  writing ${postings.toLocaleString('en')} postings, ${keys.toLocaleString('en')} with a key`,
        )
        await seedStore({ path: storePath, accounts: 10_000, postings, keys })
        const server = service({ storePath, idempotencyTtlSeconds: DAY_SECONDS })
        return { name: `${keys.toLocaleString('en')} live keys`, server, traffic }
      }
      const [many, few] = await compareAloud(bench, [await withKeys(postings), await withKeys(1_000)])
      return {
        title: 'Many live keys against few',
        short: 'deposits',
        method: `Durable deposits with a fresh key each, on stores of ${postings.toLocaleString('en')} postings that differ in how many keys live. Each run adds its own.`,
        figures: [ratioFigure(`${many.name} / ${few.name}`, [many, few], rate, { atLeast: 0.95 })],
        series: [many, few],
      }
    }),
}
