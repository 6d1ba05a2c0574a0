import { p99, rate, ratioFigure } from '../figures.ts'
import { bareHttp, fastifyNoop, service } from '../servers/catalogue.ts'
import { type Part, compareAloud, depositsToOneAccount, oneProcess } from './part.ts'

const METHOD =
  'Deposits of 10.00 to account 1001. The service answers after the posting is on the disk and logs every request; ' +
  'the peers parse the same body, answer the same bytes, keep no books and log nothing.'

export const depositsOnOneProcess: Part = {
  name: 'deposits',
  long: false,
  async run(bench) {
    const [durable, bare, noop] = await compareAloud(bench, [
      { name: 'service', server: service({ workers: oneProcess(bench) }), traffic: depositsToOneAccount },
      { name: 'bare node:http', server: bareHttp(), traffic: depositsToOneAccount },
      { name: 'Fastify no-op', server: fastifyNoop(), traffic: depositsToOneAccount },
    ])
    return {
      title: 'Durable deposits, one process',
      short: 'deposits, one process',
      method: METHOD,
      figures: [
        ratioFigure('durable deposits / bare node:http, one process', [durable, bare], rate, {
          atLeast: 0.9,
        }),
        ratioFigure('p99 of durable deposits / p99 of bare node:http, one process', [durable, bare], p99, {
          atMost: 2,
        }),
        ratioFigure('durable deposits / Fastify no-op route, one process', [durable, noop], rate),
      ],
      series: [durable, bare, noop],
    }
  },
}

export const depositsOnAllCores: Part = {
  name: 'all-cores',
  long: false,
  async run(bench) {
    const { cores } = bench
    if (!bench.serviceHasWorkers) {
      bench.say('  skipped: this version of the service runs in one process and knows no --workers')
      return undefined
    }
    const [durable, bare, noop] = await compareAloud(bench, [
      { name: 'service', server: service(), traffic: depositsToOneAccount },
      { name: `bare node:http, ${cores} processes`, server: bareHttp(cores), traffic: depositsToOneAccount },
      {
        name: `Fastify no-op, ${cores} processes`,
        server: fastifyNoop(cores),
        traffic: depositsToOneAccount,
      },
    ])
    return {
      title: 'Durable deposits, all cores',
      short: 'deposits, all cores',
      method: `${METHOD} The load generator shares the ${cores} cores with the server.`,
      figures: [
        ratioFigure('durable deposits / bare node:http, all cores', [durable, bare], rate, { atLeast: 0.6 }),
        ratioFigure('p99 of durable deposits / p99 of bare node:http, all cores', [durable, bare], p99, {
          atMost: 2,
        }),
        ratioFigure('durable deposits / Fastify no-op route, all cores', [durable, noop], rate),
      ],
      series: [durable, bare, noop],
    }
  },
}
