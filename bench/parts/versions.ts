import { join } from 'node:path'
import type { Traffic } from '../load/request-source.ts'
import { rate, ratioFigure } from '../figures.ts'
import { FIRST_SEEDED_ACCOUNT } from '../seed-plan.ts'
import { seedStore } from '../seed-store.ts'
import { type ServerRecipe, service, serviceOnPostgres } from '../servers/catalogue.ts'
import { withPostgresServer } from '../servers/postgres-server.ts'
import { withWorkingFolder } from '../servers/working-folder.ts'
import { type Part, compareAloud, depositsToOneAccount } from './part.ts'

const ACCOUNTS = 10_000

function pairOf(name: string, traffic: Traffic, server: ServerRecipe, other: ServerRecipe) {
  return [
    { name: `${name}, this clone`, server, traffic },
    { name: `${name}, other clone`, server: other, traffic },
  ] as const
}

/**
 * Deposits of this clone against those of another one in the folder `root`, its packages installed: whether a change
 * has made them slower. Each makes its own stores, as an older version cannot open a newer one's.
 */
export function thisCloneAgainst(root: string): Part {
  return {
    name: 'versions',
    long: false,
    run: (bench) =>
      withWorkingFolder((folder) =>
        withPostgresServer(async (postgres) => {
          const [copyOf, otherCopyOf] = [join(folder, 'this.db'), join(folder, 'other.db')]
          const seeded = { accounts: ACCOUNTS, postings: 0, keys: 0 }
          await seedStore({ path: copyOf, ...seeded })
          await seedStore({ path: otherCopyOf, ...seeded, root })
          const one = depositsToOneAccount
          const many = { ...one, firstAccount: FIRST_SEEDED_ACCOUNT, accounts: ACCOUNTS }
          const onPostgres = serviceOnPostgres(postgres, 'template1')
          const otherOnPostgres = serviceOnPostgres(postgres, 'template1', { root })
          const series = await compareAloud(bench, [
            ...pairOf('one account', one, service(), service({ root })),
            ...pairOf('10,000 accounts', many, service({ copyOf }), service({ copyOf: otherCopyOf, root })),
            ...pairOf('with keys', { ...one, freshKeys: true }, service(), service({ root })),
            ...pairOf('on PostgreSQL', one, onPostgres, otherOnPostgres),
          ])
          const [hot, otherHot, uniform, otherUniform, keyed, otherKeyed, remote, otherRemote] = series
          const goal = { atLeast: 0.95 }
          return {
            title: 'This clone against another one',
            short: 'deposits',
            method: `Durable deposits, against the clone in ${root}.`,
            figures: [
              ratioFigure('one account: this clone / other clone', [hot, otherHot], rate, goal),
              ratioFigure('10,000 accounts: this clone / other clone', [uniform, otherUniform], rate, goal),
              ratioFigure('with keys: this clone / other clone', [keyed, otherKeyed], rate, goal),
              ratioFigure('on PostgreSQL: this clone / other clone', [remote, otherRemote], rate, goal),
            ],
            series,
          }
        }),
      ),
  }
}
