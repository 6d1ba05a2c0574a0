import assert from 'node:assert/strict'
import type { StoredDetails } from '../../src/ledger/accounts.ts'
import { businessDay } from '../../src/ledger/business-day.ts'
import type { Command } from '../../src/ledger/commands/registry.ts'
import { on } from '../../src/ledger/daily-withdrawals.ts'
import { hasExpired } from '../../src/ledger/holds.ts'
import type { Outcome } from '../../src/state-machine/outcomes.ts'
import type { Store } from '../../src/storage/store.ts'
import { plainTerms } from '../../src/ledger/terms.ts'
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import { Random } from './random.ts'

const ACCOUNTS = 12
const BUSY = '1000'
const POSTINGS_OF_BUSY = 300

const clock = { nowMs: Date.UTC(2026, 0, 5, 9) }

/** Accounts' rows are written often, so that a small file has all there is: pages of histories, and postings in no row yet. */
export const optionsOfManySided = {
  terms: plainTerms(7 * 86_400_000),
  clock: () => clock.nowMs,
  writeBackEveryPostings: 40,
}

const numbers = Array.from({ length: ACCOUNTS }, (_, index) => String(1_000 + index))

/** Every command of the books. The keyed ones are sent again to see whether they are answered as they were. */
const sent: Command[] = []

/**
 * Fills a new store with a little of everything: a long history, holds in each state, reversals, declined and accepted
 * keys, frozen accounts, limits, and withdrawals of today. Part of it stands in the file and the rest in the log.
 */
export async function fillManySided(path: string): Promise<Store> {
  const first = new SqliteStore(path, optionsOfManySided)
  for (const [index, account] of numbers.entries())
    await commit(first, [
      {
        kind: 'open',
        account,
        name: `Ada Lovelace the ${index}th`,
        openingBalance: 5_000n,
        openingDeposit: 50_000n,
        ...key(`open-${account}`),
      },
    ])
  for (let index = 0; index < POSTINGS_OF_BUSY; index += 20)
    await commit(
      first,
      Array.from({ length: 20 }, (_, next) => deposit(BUSY, 100 + index + next)),
    )
  const random = new Random(7)
  for (let round = 0; round < 30; round += 1) await commitMixed(first, random, round)
  await first.close()
  clock.nowMs += 86_400_000
  const store = new SqliteStore(path, optionsOfManySided)
  for (let round = 30; round < 42; round += 1) await commitMixed(store, random, round)
  return store
}

/** All that can be asked, and what is answered to retries and to a new command of each kind. */
export async function answersOf(store: Store): Promise<unknown> {
  const details = await store.reads.detailsAfter(0, 1_000)
  const reads = {
    accounts: details.map(comparable),
    found: (await Promise.all(numbers.map((number) => store.reads.details(number)))).map(
      (each) => each && comparable(each),
    ),
    balances: await store.reads.accounts(numbers),
    histories: await Promise.all(details.map(({ account }) => historyOf(store, account.id))),
    postings: await allById((id) => store.reads.posting(id)),
    holds: await allById((id) => store.reads.hold(id)),
    numbers: await store.reads.accountNumbers(details.map(({ account }) => account.id)),
  }
  const outcomes = await store.commit([
    ...sent.filter(({ idempotencyKey }) => idempotencyKey !== undefined),
    ...numbers.map((account): Command => ({ kind: 'deposit', account, amount: 1n })),
    ...numbers.map((account): Command => ({ kind: 'withdraw', account, amount: 900n })),
    ...numbers.map((account): Command => ({ kind: 'hold', account, amount: 2n })),
    ...numbers.map((account): Command => ({ kind: 'open', account, openingBalance: 1n })),
    ...Array.from({ length: 400 }, (_, index): Command => ({
      kind: 'reverse',
      original: { postingId: index + 1 },
      amount: 1n,
    })),
  ])
  return { reads, outcomes, afterwards: await store.reads.accounts(numbers) }
}

async function historyOf(store: Store, id: number): Promise<unknown> {
  const all = await store.reads.history(id, 0, 10_000)
  const middle = all[Math.floor(all.length / 2)]
  assert.ok(middle)
  const places = all.filter((_, index) => index % 7 === 0)
  return {
    all,
    fromTheMiddle: await store.reads.history(id, middle.id, 20),
    balances: await Promise.all(places.map(({ atMs }) => store.reads.latestPostingAt(id, atMs))),
  }
}

async function allById<Item>(read: (id: number) => Promise<Item | undefined>): Promise<readonly Item[]> {
  const found: Item[] = []
  for (let id = 1; ; id += 1) {
    const item = await read(id)
    if (item === undefined) return found
    found.push(item)
  }
}

/** Without holds that have expired, and without withdrawals of earlier days: no answer depends on those. */
function comparable(details: StoredDetails): StoredDetails {
  const { account, asOfMs } = details
  const openHolds = account.openHolds.filter((hold) => !hasExpired(hold, asOfMs))
  const withdrawn = on(businessDay(asOfMs, 'UTC'), account.withdrawn)
  return {
    ...details,
    account: { ...account, withdrawn, openHolds: openHolds.toSorted((one, other) => one.id - other.id) },
  }
}

async function commitMixed(store: Store, random: Random, round: number): Promise<void> {
  const pick = (): string => numbers[random.integer(0, ACCOUNTS - 1)] ?? BUSY
  const keyed = key(`round-${round}`)
  clock.nowMs += 1_000
  const outcomes = await commit(store, [
    {
      kind: 'withdraw',
      account: pick(),
      amount: BigInt(random.integer(100, 900)),
      reference: 'cash',
      ...keyed,
    },
    { kind: 'withdraw', account: pick(), amount: 99_999_999n, ...key(`declined-${round}`) },
    { kind: 'transfer', from: BUSY, to: pick(), amount: 300n, reference: `rent of month ${round}` },
    { kind: 'hold', account: pick(), amount: 700n, reference: 'hotel', ...key(`hold-${round}`) },
    { kind: 'hold', account: pick(), amount: 40n, expiresInMs: 5_000 },
    { kind: 'hold', account: pick(), amount: 30n, expiresInMs: 900_000_000 },
    deposit(pick(), round),
  ])
  const [withdrawn, , , held, expiring] = outcomes
  if (withdrawn?.status !== 'posted' || held?.status !== 'held' || expiring?.status !== 'held') return
  await commit(store, [
    { kind: 'reverse', original: { postingId: withdrawn.posting.id }, ...key(`back-${round}`) },
    round % 3 === 0
      ? { kind: 'capture', holdId: held.hold.id, amount: 500n, ...key(`capture-${round}`) }
      : { kind: 'release', holdId: round % 3 === 1 ? held.hold.id : expiring.hold.id },
    { kind: 'withdraw', account: pick(), amount: 200n },
    round % 5 === 0
      ? { kind: 'change', account: pick(), status: 'frozen', ...key(`freeze-${round}`) }
      : { kind: 'change', account: pick(), limits: { overdraft: 500n, dailyCount: 20, dailyAmount: 9_000n } },
  ])
}

async function commit(store: Store, commands: readonly Command[]): Promise<readonly Outcome[]> {
  sent.push(...commands)
  return store.commit(commands)
}

function deposit(account: string, index: number): Command {
  return { kind: 'deposit', account, amount: BigInt(index + 1), reference: `invoice ${index}` }
}

function key(name: string): { readonly idempotencyKey: string } {
  return { idempotencyKey: name }
}
