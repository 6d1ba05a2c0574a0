import assert from 'node:assert/strict'
import type { Command } from '../../src/ledger/commands/registry.ts'
import type { Outcome } from '../../src/state-machine/outcomes.ts'
import type { Store } from '../../src/storage/store.ts'
import { plainTerms } from '../../src/ledger/terms.ts'
import { openPostgres, verifyPostgres } from '../../src/storage/postgres/open-postgres.ts'
import { createDatabase } from '../support/postgres.ts'
import type { Cleanup } from '../support/service.ts'

export interface Pair {
  readonly url: string
  readonly stores: readonly [Store, Store]
}

/** Two stores on one new database, or the empty one of that URL, as two instances have them, and the accounts `1` and `2` with 1,000.00 each. */
export async function openPair(t: Cleanup, given?: string): Promise<Pair> {
  const url = given ?? (await createDatabase(t))
  const open = async (): Promise<Store> => {
    const store = await openPostgres(url, { terms: plainTerms(600_000), clock: Date.now })
    t.after(() => store.close())
    return store
  }
  const stores = [await open(), await open()] as const
  const accounts = ['1', '2'].map((account) => ({ kind: 'open', account, openingBalance: 100_000n }) as const)
  await stores[0].commit(accounts)
  return { url, stores }
}

/** What the store answers to the one command. */
export async function ask(store: Store, command: Command): Promise<Outcome> {
  const [outcome] = await store.commit([command])
  assert.ok(outcome)
  return outcome
}

/** The outcome, which must be of that status. */
export function expect<Status extends Outcome['status']>(
  outcome: Outcome,
  status: Status,
): Extract<Outcome, { readonly status: Status }> {
  assert.equal(
    outcome.status,
    status,
    JSON.stringify(outcome, (_, value: unknown) => String(value)),
  )
  assert.ok(isOf(outcome, status))
  return outcome
}

function isOf<Status extends Outcome['status']>(
  outcome: Outcome,
  status: Status,
): outcome is Extract<Outcome, { readonly status: Status }> {
  return outcome.status === status
}

/** In short: the status, or the reason of a rejection. */
export function answerOf(outcome: Outcome): string {
  return outcome.status === 'rejected' ? outcome.reason : outcome.status
}

export async function balanceOf(store: Store, account: string): Promise<bigint | undefined> {
  const [found] = await store.reads.accounts([account])
  return found?.balance
}

export async function throwIfFailed(url: string): Promise<void> {
  assert.deepEqual((await verifyPostgres(url)).firstDifferences, [])
}
