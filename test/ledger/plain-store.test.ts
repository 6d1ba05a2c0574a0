import { describe } from 'node:test'
import type { Limits } from '../../src/ledger/accounts.ts'
import { plainTerms, type Terms } from '../../src/ledger/terms.ts'
import { modelPredicts } from '../storage/model-property.ts'
import { KEPT_FOR_MS } from './generated-commands.ts'
import { PlainStore } from './plain-store.ts'
import { rounds } from '../support/rounds.ts'

const limits: Limits = { overdraft: 60n, withdrawal: 220n, dailyAmount: 250n, dailyCount: 3 }

function predictedBy(terms: Terms, hoursAheadOfUtc: number): void {
  modelPredicts({
    terms,
    hoursAheadOfUtc,
    sequences: rounds({ quick: 200, full: 5_000 }),
    open: async (clock) => {
      const store = new PlainStore(terms, () => clock.nowMs)
      return { store, total: () => store.total, verify: () => store.verify(), remove: () => store.close() }
    },
  })
}

describe('the rules alone', () => {
  predictedBy(plainTerms(KEPT_FOR_MS), 0)
})

describe('the rules alone, with limits of the deployment and days that begin at 19 h UTC', () => {
  predictedBy({ idempotencyTtlMs: KEPT_FOR_MS, limits, timeZone: 'Etc/GMT-5' }, 5)
})
