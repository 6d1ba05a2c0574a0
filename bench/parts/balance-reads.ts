import type { Traffic } from '../load/request-source.ts'
import { p99, rate, ratioFigure } from '../figures.ts'
import { fastifyNoop, service } from '../servers/catalogue.ts'
import { type Part, compareAloud } from './part.ts'

const balanceReads: Traffic = { operation: 'balance', firstAccount: 1001, accounts: 1, freshKeys: false }

export const balanceReadsOnOneProcess: Part = {
  name: 'balance-reads',
  long: false,
  async run(bench) {
    const [reads, noop] = await compareAloud(bench, [
      { name: 'service', server: service(), traffic: balanceReads },
      { name: 'Fastify no-op', server: fastifyNoop(), traffic: balanceReads },
    ])
    return {
      title: 'Balance reads, one process',
      short: 'balance',
      method: 'The balance of account 1001. The no-op route answers a constant.',
      figures: [
        ratioFigure('balance reads / Fastify no-op route', [reads, noop], rate, { atLeast: 0.95 }),
        ratioFigure('p99 of balance reads / p99 of the no-op route', [reads, noop], p99),
      ],
      series: [reads, noop],
    }
  },
}
