import { type Figure, rate, ratioFigure } from '../figures.ts'
import { FIRST_SEEDED_ACCOUNT } from '../seed-plan.ts'
import { seedStoreAt } from '../seed-store.ts'
import { serviceOnPostgres } from '../servers/catalogue.ts'
import { type DelayingProxy, startDelayingProxy } from '../servers/delaying-proxy.ts'
import { type PostgresServer, withPostgresServer } from '../servers/postgres-server.ts'
import { type Bench, type Part, compareAloud, depositsToOneAccount, withSettings } from './part.ts'

const CONNECTIONS = 256
const ACCOUNTS = 1_000
const ROUND_TRIP_MS = 20

/** Until the instance has come to know all accounts: before that, most batches take two round trips. */
const WARMUP_SECONDS = 6

/** The same database by way of the proxy. */
function throughProxy({ port }: DelayingProxy): (direct: string) => string {
  return (direct) => {
    const url = new URL(direct)
    url.port = String(port)
    return url.href
  }
}

async function withLine<Result>(
  { port }: PostgresServer,
  work: (line: DelayingProxy) => Promise<Result>,
): Promise<Result> {
  const line = await startDelayingProxy(port, ROUND_TRIP_MS / 2)
  try {
    return await work(line)
  } finally {
    await line.close()
  }
}

async function compareDistances(bench: Bench, postgres: PostgresServer, line: DelayingProxy) {
  const template = await postgres.create()
  await seedStoreAt({ store: template, accounts: ACCOUNTS, postings: 0, keys: 0 })
  const near = serviceOnPostgres(postgres, template)
  const far = serviceOnPostgres(postgres, template, { url: throughProxy(line) })
  const hot = { ...depositsToOneAccount, firstAccount: FIRST_SEEDED_ACCOUNT }
  const uniform = { ...hot, accounts: ACCOUNTS }
  return compareAloud(withSettings(bench, { connections: CONNECTIONS, warmupSeconds: WARMUP_SECONDS }), [
    { name: 'near, one hot account', server: near, traffic: hot },
    { name: 'far, one hot account', server: far, traffic: hot },
    { name: 'near, uniform', server: near, traffic: uniform },
    { name: 'far, uniform', server: far, traffic: uniform },
  ])
}

export const postgresWithLatency: Part = {
  name: 'postgres-latency',
  long: true,
  run: (bench) =>
    withPostgresServer((postgres) =>
      withLine(postgres, async (line) => {
        const series = await compareDistances(bench, postgres, line)
        const [nearHot, farHot, nearUniform, farUniform] = series
        const goal = { atLeast: 0.5 }
        const figures: Figure[] = [
          ratioFigure(`one hot account: with ${ROUND_TRIP_MS} ms / without`, [farHot, nearHot], rate, goal),
          ratioFigure(
            `1,000 accounts: with ${ROUND_TRIP_MS} ms / without`,
            [farUniform, nearUniform],
            rate,
            goal,
          ),
        ]
        return {
          title: 'A PostgreSQL server far away',
          short: `PostgreSQL, ${CONNECTIONS} connections`,
          method:
            `The service on PostgreSQL ${postgres.version} with ${CONNECTIONS} connections, deposits to one account or to ` +
            `${ACCOUNTS.toLocaleString('en')} with equal chance. Far is by way of a proxy that hands on each direction ` +
            `${ROUND_TRIP_MS / 2} ms later, which adds ${ROUND_TRIP_MS} ms to every round trip; near is without it. ` +
            `${WARMUP_SECONDS} s of warm-up.`,
          figures,
          series,
        }
      }),
    ),
}
