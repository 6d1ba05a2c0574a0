import { join } from 'node:path'
import { rate, ratioFigure } from '../figures.ts'
import { seedStore } from '../seed-store.ts'
import { FIRST_SEEDED_ACCOUNT } from '../seed-plan.ts'
import { service } from '../servers/catalogue.ts'
import { withWorkingFolder } from '../servers/working-folder.ts'
import { type Part, compareAloud, depositsToOneAccount } from './part.ts'

const ACCOUNTS = 10_000

export const hotAccountAgainstMany: Part = {
  name: 'hot-account',
  long: false,
  run: (bench) =>
    withWorkingFolder(async (folder) => {
      const copyOf = join(folder, 'seeded.db')
      await seedStore({ path: copyOf, accounts: ACCOUNTS, postings: 0, keys: 0 })
      const server = service({ copyOf })
      const hotTraffic = { ...depositsToOneAccount, firstAccount: FIRST_SEEDED_ACCOUNT }
      const [hot, uniform] = await compareAloud(bench, [
        { name: 'one hot account', server, traffic: hotTraffic },
        { name: '10,000 accounts, uniform', server, traffic: { ...hotTraffic, accounts: ACCOUNTS } },
      ])
      return {
        title: 'One hot account against many',
        short: 'deposits',
        method:
          'Durable deposits on a store with 10,000 accounts: all to one of them, or to any with equal chance.',
        figures: [
          ratioFigure('one hot account / 10,000 accounts, uniform', [hot, uniform], rate, { atLeast: 0.95 }),
        ],
        series: [hot, uniform],
      }
    }),
}

export const freshKeysAgainstNone: Part = {
  name: 'keys',
  long: false,
  async run(bench) {
    const server = service()
    const [keyed, plain] = await compareAloud(bench, [
      { name: 'a fresh Idempotency-Key each', server, traffic: { ...depositsToOneAccount, freshKeys: true } },
      { name: 'no key', server, traffic: depositsToOneAccount },
    ])
    return {
      title: 'The cost of idempotency',
      short: 'deposits',
      method:
        'Durable deposits, each with an Idempotency-Key never used before (a random UUID), or without one.',
      figures: [ratioFigure('a fresh Idempotency-Key each / no key', [keyed, plain], rate, { atLeast: 0.8 })],
      series: [keyed, plain],
    }
  },
}
