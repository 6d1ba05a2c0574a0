import { join } from 'node:path'
import { seedStore } from '../seed-store.ts'
import { withWorkingFolder } from '../servers/working-folder.ts'
import type { Part } from './part.ts'

const POSTINGS = 300_000
const ACCOUNTS = 10_000

export const engineAlone: Part = {
  name: 'engine',
  long: true,
  async run({ settings, say }) {
    const rounds: number[] = []
    while (rounds.length < settings.rounds) {
      const result = await withWorkingFolder((folder) =>
        seedStore({ path: join(folder, 'atm.db'), accounts: ACCOUNTS, postings: POSTINGS, keys: 0 }),
      )
      rounds.push(result.postingsPerSecond)
      say(`  round ${rounds.length}  ${result.postingsPerSecond.toFixed(0)} postings/s`)
    }
    return {
      title: 'The engine alone',
      short: 'engine',
      method:
        `${POSTINGS.toLocaleString('en')} deposits over ${ACCOUNTS.toLocaleString('en')} accounts, drawn uniformly, in ` +
        'batches of 1,000, each batch durable before the next. No HTTP.',
      figures: [
        { what: 'durable postings, batches of 1,000', unit: 'postings/s', rounds, goal: { atLeast: 60_000 } },
      ],
      series: [],
    }
  },
}
