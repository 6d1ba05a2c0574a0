import { p99, rate, ratioFigure } from '../figures.ts'
import { bareHttp, fastifyNoop, service } from '../servers/catalogue.ts'
import { type Part, compareAloud, depositsToOneAccount } from './part.ts'

/** The service against servers that keep no books: as it is, in one process, and with every core at their service. */
export const deposits: Part = {
  name: 'deposits',
  long: false,
  async run(bench) {
    const { cores } = bench
    const traffic = depositsToOneAccount
    const [durable, bare, noop, bareOnAll, noopOnAll] = await compareAloud(bench, [
      { name: 'service', server: service(), traffic },
      { name: 'bare node:http', server: bareHttp(), traffic },
      { name: 'Fastify no-op', server: fastifyNoop(), traffic },
      { name: `bare node:http, ${cores} processes`, server: bareHttp(cores), traffic },
      { name: `Fastify no-op, ${cores} processes`, server: fastifyNoop(cores), traffic },
    ])
    return {
      title: 'Durable deposits',
      short: 'deposits',
      method:
        'Deposits of 10.00 to account 1001. The service answers after the posting is on the disk and logs every request; ' +
        'the peers parse the same body, answer the same bytes, keep no books and log nothing. The service is one process ' +
        `with one thread for HTTP and books; the peers are that too, or ${cores} processes. The load generator shares the ` +
        `${cores} cores with the server.`,
      figures: [
        ratioFigure('durable deposits / bare node:http, one process', [durable, bare], rate, {
          atLeast: 0.9,
        }),
        ratioFigure('p99 of durable deposits / p99 of bare node:http, one process', [durable, bare], p99, {
          atMost: 2,
        }),
        ratioFigure('durable deposits / Fastify no-op route, one process', [durable, noop], rate),
        ratioFigure('durable deposits / bare node:http on all cores', [durable, bareOnAll], rate, {
          atLeast: 0.6,
        }),
        ratioFigure('durable deposits / Fastify no-op route on all cores', [durable, noopOnAll], rate),
      ],
      series: [durable, bare, noop, bareOnAll, noopOnAll],
    }
  },
}
