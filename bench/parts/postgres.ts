import { rate, ratioFigure } from '../figures.ts'
import { FIRST_SEEDED_ACCOUNT } from '../seed-plan.ts'
import { seedStoreAt } from '../seed-store.ts'
import { service, serviceOnPostgres, usualPostgres } from '../servers/catalogue.ts'
import { withPostgresServer } from '../servers/postgres-server.ts'
import { type Part, compareAloud, depositsToOneAccount } from './part.ts'

const ACCOUNTS = 10_000

export const postgresAgainstEmbedded: Part = {
  name: 'postgres',
  long: false,
  run: (bench) =>
    withPostgresServer(async (postgres) => {
      const template = await postgres.create()
      await seedStoreAt({ store: template, accounts: ACCOUNTS, postings: 0, keys: 0 })
      const onPostgres = serviceOnPostgres(postgres, template)
      const usual = usualPostgres(postgres, ACCOUNTS)
      const hotTraffic = { ...depositsToOneAccount, firstAccount: FIRST_SEEDED_ACCOUNT }
      const uniformTraffic = { ...hotTraffic, accounts: ACCOUNTS }
      const [hot, uniform, embedded, usualHot, usualUniform] = await compareAloud(bench, [
        { name: 'service on PostgreSQL, one hot account', server: onPostgres, traffic: hotTraffic },
        { name: 'service on PostgreSQL, uniform', server: onPostgres, traffic: uniformTraffic },
        {
          name: 'service on the embedded engine, hot',
          server: service(),
          traffic: depositsToOneAccount,
        },
        { name: 'the usual way, one hot account', server: usual, traffic: hotTraffic },
        { name: 'the usual way, uniform', server: usual, traffic: uniformTraffic },
      ])
      return {
        title: 'Durable deposits on PostgreSQL',
        short: 'PostgreSQL',
        method:
          `PostgreSQL ${postgres.version} on the same cores, as it is delivered (fsync, synchronous_commit and ` +
          `full_page_writes on), a fresh copy of a database with 10,000 accounts in every round. All deposits to one ` +
          'of them, or to any with equal chance. The usual way is a bare node:http server with a pool of 16 ' +
          'connections and one transaction an operation: SELECT FOR UPDATE, UPDATE, INSERT, COMMIT; it keeps no cash ' +
          'drawer and no keys, and logs nothing. Of the first two goals, one is enough.',
        figures: [
          ratioFigure('hot account: PostgreSQL / embedded engine', [hot, embedded], rate, { atLeast: 0.4 }),
          {
            what: 'hot account on PostgreSQL',
            unit: 'requests/s',
            rounds: hot.runs.map(rate),
            goal: { atLeast: 8_000 },
          },
          ratioFigure('on PostgreSQL: one hot account / 10,000 accounts, uniform', [hot, uniform], rate, {
            atLeast: 1,
          }),
          ratioFigure('on PostgreSQL, hot account: service / the usual way', [hot, usualHot], rate),
          ratioFigure('on PostgreSQL, uniform: service / the usual way', [uniform, usualUniform], rate),
        ],
        series: [hot, uniform, embedded, usualHot, usualUniform],
      }
    }),
}
