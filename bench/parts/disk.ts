import { join } from 'node:path'
import type { Figure, Goal } from '../figures.ts'
import { seedStore } from '../seed-store.ts'
import { withWorkingFolder } from '../servers/working-folder.ts'
import type { Part } from './part.ts'

const POSTINGS = 100_000
const ACCOUNTS = 10_000

function figure(what: string, bytes: number, goal?: Goal): Figure {
  return {
    what: `disk a posting, ${what}`,
    unit: 'bytes',
    rounds: [bytes],
    ...(goal === undefined ? {} : { goal }),
  }
}

export const diskOfAPosting: Part = {
  name: 'disk',
  long: false,
  run: ({ say }) =>
    withWorkingFolder(async (folder) => {
      const bytesEach = async (name: string, keys: number, expireKeys: boolean): Promise<number> => {
        const path = join(folder, `${name}.db`)
        const { bytesInUse } = await seedStore({
          path,
          accounts: ACCOUNTS,
          postings: POSTINGS,
          keys,
          expireKeys,
        })
        say(`  ${name.padEnd(44)} ${(bytesInUse / POSTINGS).toFixed(1)} bytes a posting`)
        return bytesInUse / POSTINGS
      }
      return {
        title: 'Disk',
        short: 'disk',
        method:
          `${POSTINGS.toLocaleString('en')} deposits over ${ACCOUNTS.toLocaleString('en')} accounts: pages of the ` +
          'closed store that are in use, less those of the same store before the deposits.',
        figures: [
          figure('each with a live key', await bytesEach('live keys', POSTINGS, false), { atMost: 100 }),
          figure('after the keys expired', await bytesEach('expired keys', POSTINGS, true), { atMost: 60 }),
          figure('never a key', await bytesEach('no keys', 0, false)),
        ],
        series: [],
      }
    }),
}
