import type { AuditReport } from '../../src/state-machine/audit.ts'
import type { Command } from '../../src/state-machine/commands.ts'
import type { Deposit } from '../../src/ledger/commands/deposit.ts'
import type { Withdrawal } from '../../src/ledger/commands/withdraw.ts'
import type { Outcome } from '../../src/state-machine/outcomes.ts'
import { customerBalance } from '../../src/ledger/postings.ts'
import type { Store } from '../../src/storage/store.ts'
import { KEPT_FOR_MS } from '../ledger/generated-commands.ts'

/** What a test gets of an engine: an empty store whose clock it turns itself. */
export interface StoreUnderTest {
  readonly store: Store
  /** Closes the store and opens it again, as a restart does; undefined where an engine keeps nothing. */
  readonly reopen?: () => Promise<Store>
  /** Recomputes the books from the postings; undefined where an engine keeps nothing that could be. */
  readonly verify?: () => Promise<AuditReport>
  /** What all accounts hold together, cash drawers too, where that can be asked at any moment. */
  readonly total?: () => bigint
  /** Closes the store that was opened last, and leaves no trace of it. */
  remove(): Promise<void>
}

export interface Clock {
  nowMs: number
}

/** Opens an empty store that keeps outcomes for so long. */
export type OpenStore = (clock: Clock, keptForMs: number) => Promise<StoreUnderTest>

/** Runs a test on a store of its own. */
export type WithStore = (use: (under: StoreUnderTest, clock: Clock) => Promise<void>) => Promise<void>

export function usingStores(open: OpenStore): WithStore {
  return async (use) => {
    const clock = { nowMs: 1_000_000 }
    const under = await open(clock, KEPT_FOR_MS)
    try {
      await use(under, clock)
    } finally {
      await under.remove()
    }
  }
}

/** What is answered to a command that is sent alone. */
export async function answerTo(store: Store, command: Command): Promise<Outcome> {
  const [outcome] = await store.commit([command])
  if (outcome === undefined) throw new Error('the store answered nothing')
  return outcome
}

/** What most tests look at: the status or the reason, and a customer's balance after a posting. */
export interface Answer {
  readonly answer: string
  readonly balance?: bigint
  readonly replayed: boolean
}

export function answerOf(outcome: Outcome): Answer {
  const { replayed, status } = outcome
  if (status === 'rejected') return { answer: outcome.reason, replayed }
  if (status === 'posted') return { answer: status, balance: customerBalance(outcome.posting), replayed }
  return { answer: status, replayed }
}

/** The account that these tests use. */
export function openAccount(openingBalance: bigint): Command {
  return { kind: 'open', account: '1', openingBalance }
}

export function deposit(amount: bigint): Deposit {
  return { kind: 'deposit', account: '1', amount }
}

export function keyedDeposit(idempotencyKey: string): Deposit {
  return { ...deposit(1n), idempotencyKey }
}

export function withdrawal(amount: bigint): Withdrawal {
  return { kind: 'withdraw', account: '1', amount }
}
