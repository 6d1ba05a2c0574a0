import { join } from 'node:path'
import { rate, ratioFigure } from '../figures.ts'
import { FIRST_SEEDED_ACCOUNT } from '../seed-plan.ts'
import { seedStore } from '../seed-store.ts'
import { service } from '../servers/catalogue.ts'
import { withWorkingFolder } from '../servers/working-folder.ts'
import { type Part, compareAloud, depositsToOneAccount } from './part.ts'

const ACCOUNTS = 10_000

/**
 * Deposits of this clone against those of another one in the folder `root`, its packages installed: whether a change
 * has made them slower. Each makes its own stores, as an older version cannot open a newer one's.
 */
export function thisCloneAgainst(root: string): Part {
  return {
    name: 'versions',
    long: false,
    run: (bench) =>
      withWorkingFolder(async (folder) => {
        const seeded = { accounts: ACCOUNTS, postings: 0, keys: 0 }
        const copyOf = join(folder, 'this.db')
        await seedStore({ path: copyOf, ...seeded })
        const otherCopyOf = join(folder, 'other.db')
        await seedStore({ path: otherCopyOf, ...seeded, root })
        const uniform = { ...depositsToOneAccount, firstAccount: FIRST_SEEDED_ACCOUNT, accounts: ACCOUNTS }
        const [hot, otherHot, many, otherMany] = await compareAloud(bench, [
          { name: 'one account, this clone', server: service(), traffic: depositsToOneAccount },
          { name: 'one account, other clone', server: service({ root }), traffic: depositsToOneAccount },
          { name: '10,000 accounts, this clone', server: service({ copyOf }), traffic: uniform },
          {
            name: '10,000 accounts, other clone',
            server: service({ copyOf: otherCopyOf, root }),
            traffic: uniform,
          },
        ])
        const goal = { atLeast: 0.95 }
        return {
          title: 'This clone against another one',
          short: 'deposits',
          method: `Durable deposits to one account and over 10,000, against the clone in ${root}.`,
          figures: [
            ratioFigure('one account: this clone / other clone', [hot, otherHot], rate, goal),
            ratioFigure('10,000 accounts: this clone / other clone', [many, otherMany], rate, goal),
          ],
          series: [hot, otherHot, many, otherMany],
        }
      }),
  }
}
