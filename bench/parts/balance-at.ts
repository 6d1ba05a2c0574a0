import { join } from 'node:path'
import { rate, ratioFigure } from '../figures.ts'
import { FIRST_SEEDED_ACCOUNT } from '../seed-plan.ts'
import { seedStore } from '../seed-store.ts'
import { service } from '../servers/catalogue.ts'
import { withWorkingFolder } from '../servers/working-folder.ts'
import { type Part, compareAloud } from './part.ts'

const LONG_POSTINGS = 1_000_000
const SHORT_POSTINGS = 100

/** What an account held at an earlier instant, asked of a long history and of a short one. */
export const balanceAtAnInstant: Part = {
  name: 'balance-at',
  long: true,
  run: (bench) =>
    withWorkingFolder(async (folder) => {
      const oneAccount = async (name: string, postings: number) => {
        const copyOf = join(folder, `${name}.db`)
        bench.say(`  writing ${postings.toLocaleString('en')} postings to one account`)
        const startedAtMs = Date.now()
        await seedStore({ path: copyOf, accounts: 1, postings, keys: 0 })
        const atMs = (startedAtMs + Date.now()) / 2
        const account = { firstAccount: FIRST_SEEDED_ACCOUNT, accounts: 1, freshKeys: false }
        return {
          name: `${postings.toLocaleString('en')} postings`,
          server: service({ copyOf }),
          traffic: { ...account, operation: 'balance-at', atMs } as const,
        }
      }
      const [long, short] = await compareAloud(bench, [
        await oneAccount('long', Math.ceil(LONG_POSTINGS / bench.shrink)),
        await oneAccount('short', SHORT_POSTINGS),
      ])
      return {
        title: 'The balance at an earlier instant',
        short: 'balance at',
        method: `An account's balance half way through its history, of ${long.name} and of ${short.name}.`,
        figures: [
          ratioFigure(`balance?at=: ${long.name} / ${short.name}`, [long, short], rate, { atLeast: 0.85 }),
        ],
        series: [long, short],
      }
    }),
}
