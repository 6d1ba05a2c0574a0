import type { Command } from '../../src/ledger/commands/registry.ts'
import { plainTerms } from '../../src/ledger/terms.ts'
import { openStore } from '../../src/storage/open.ts'

export const LONG = '800000'
/** Has a posting for every batch of the long one. */
export const SHORT = '800001'

export interface HistoryPlan {
  readonly batches: number
  /** Of the long history; all of a batch have one time. */
  readonly postingsPerBatch: number
}

/** When the first and the last batch were dated, in milliseconds since 1970, UTC. */
export interface Dated {
  readonly firstMs: number
  readonly lastMs: number
}

const LENGTH_MS = 30 * 24 * 60 * 60 * 1000

function longPosting(index: number): Command {
  const amount = BigInt((index % 89) + 100)
  return index % 3 === 2
    ? { kind: 'withdraw', account: LONG, amount }
    : { kind: 'deposit', account: LONG, amount }
}

/** Writes a long history and a short one, both over the last thirty days, into an empty store. */
export async function writeHistories(
  store: string,
  { batches, postingsPerBatch }: HistoryPlan,
): Promise<Dated> {
  const stepMs = Math.floor(LENGTH_MS / (batches + 1))
  const firstMs = Date.now() - LENGTH_MS
  let nowMs = firstMs - stepMs
  const opened = await openStore(store, { terms: plainTerms(600_000), clock: () => nowMs })
  const openings = [LONG, SHORT].map((account) => ({ kind: 'open', account, openingBalance: 0n }) as const)
  await opened.commit(openings)
  for (let batch = 0; batch < batches; batch += 1) {
    nowMs += stepMs
    const first = batch * postingsPerBatch
    const commands = Array.from({ length: postingsPerBatch }, (_, index) => longPosting(first + index))
    await opened.commit([...commands, { kind: 'deposit', account: SHORT, amount: 1n }])
  }
  await opened.close()
  return { firstMs, lastMs: nowMs }
}
