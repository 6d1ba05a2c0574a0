import {
  type AccountBalance,
  type AccountDetails,
  accountState,
  type StoredDetails,
} from '../ledger/accounts.ts'
import type { Command } from '../state-machine/commands.ts'
import { resolveAll, type PendingItem, BatchLoader } from './batch-loader.ts'
import type { Outcome } from '../state-machine/outcomes.ts'
import { type Store, type StoreReads, StoreUnavailable } from '../storage/store.ts'
import type { Terms } from '../ledger/terms.ts'
import { WriteCheck } from './write-check.ts'

/** A batch larger than this would keep its first command waiting longer than it saves. */
const MAX_BATCH_COMMANDS = 1_000

/** More waiting commands than this are refused at once rather than answered late. */
const MAX_PENDING_COMMANDS = 20_000

/** A commit that takes longer probably goes to a database that is far away. */
const SLOW_COMMIT_MS = 8

/** The share of a slow commit's time for which the next batch waits for the clients that were just answered. */
const LINGER_RATIO = 0.5

/**
 * Runs the ledger on a store. Commands that arrive together are committed together: while one batch is made durable
 * the next one gathers, and an idle ledger commits a batch of one at once.
 */
export class Ledger {
  readonly #store: Store
  readonly #terms: Terms
  readonly #accounts: BatchLoader<string, AccountBalance | undefined>
  readonly #writeCheck = new WriteCheck()
  #pending: PendingItem<Command, Outcome>[] = []
  #working = false
  #onIdle: (() => void) | undefined
  /** Called when this many commands are pending. */
  #lingering: { readonly commands: number; readonly onFull: () => void } | undefined

  /** `terms` are those by which the store decides. */
  constructor(store: Store, terms: Terms) {
    this.#store = store
    this.#terms = terms
    this.#accounts = new BatchLoader((numbers) => store.reads.accounts(numbers))
  }

  /**
   * Answers once the outcome is durable. Rejects with `StoreUnavailable` when the command was not carried out:
   * too many are waiting, or the store failed.
   */
  submit(command: Command): Promise<Outcome> {
    if (this.#pending.length >= MAX_PENDING_COMMANDS) return Promise.reject(tooManyWaiting())
    return new Promise((resolve, reject) => {
      this.#pending.push({ item: command, resolve, reject })
      if (this.#pending.length === this.#lingering?.commands) this.#lingering.onFull()
      this.#wake()
    })
  }

  /**
   * Answers why a command would not be taken now, or undefined. That is known from the latest batch; where there was none
   * within a second, the store writes something that changes nothing.
   */
  async whyNotWritable(): Promise<StoreUnavailable | undefined> {
    if (this.#pending.length >= MAX_PENDING_COMMANDS) return tooManyWaiting()
    return this.#writeCheck.result(() => this.#wake())
  }

  /** What may be read without the terms, as of the latest commit. */
  get reads(): Omit<StoreReads, 'accounts' | 'details' | 'detailsAfter'> {
    return this.#store.reads
  }

  /** The zone in which the bank's days begin. */
  get timeZone(): string {
    return this.#terms.timeZone
  }

  /** The balance of the customer's account of that number, as of the latest commit. */
  account(number: string): Promise<AccountBalance | undefined> {
    return this.#accounts.load(number)
  }

  /** The details of the customer's account of that number, with the limits that apply to it. */
  async details(number: string): Promise<AccountDetails | undefined> {
    const stored = await this.#store.reads.details(number)
    return stored && this.#detailsOf(stored)
  }

  /** Customers' accounts in the order in which they were opened, `limit` at most, after the one of the id `afterId`. */
  async detailsAfter(
    afterId: number,
    limit: number,
  ): Promise<readonly { readonly id: number; readonly details: AccountDetails }[]> {
    const stored = await this.#store.reads.detailsAfter(afterId, limit)
    return stored.map((each) => ({ id: each.account.id, details: this.#detailsOf(each) }))
  }

  /** Finishes what was submitted, then closes the store. */
  async close(): Promise<void> {
    if (this.#working) await new Promise<void>((resolve) => (this.#onIdle = resolve))
    await this.#store.close()
  }

  #detailsOf({ account, name, openedAtMs, asOfMs }: StoredDetails): AccountDetails {
    return { ...accountState(account, this.#terms.limits, asOfMs), name, openedAtMs }
  }

  #wake(): void {
    if (this.#working) return
    this.#working = true
    void this.#work()
  }

  async #work(): Promise<void> {
    // By the next turn of the event loop every request that has already arrived has joined the batch.
    await nextTurn()
    while (this.#pending.length > 0 || this.#writeCheck.isWanted) {
      if (this.#pending.length > 0) await this.#workOnBatch()
      if (this.#writeCheck.isWanted) await this.#probe()
    }
    this.#working = false
    this.#onIdle?.()
  }

  async #workOnBatch(): Promise<void> {
    const batch = this.#pending.slice(0, MAX_BATCH_COMMANDS)
    this.#pending = this.#pending.slice(MAX_BATCH_COMMANDS)
    const startedAtMs = performance.now()
    await resolveAll(batch, (commands) => this.#commit(commands))
    await this.#linger(batch.length, performance.now() - startedAtMs)
  }

  async #commit(commands: readonly Command[]): Promise<readonly Outcome[]> {
    try {
      const outcomes = await this.#store.commit(commands)
      // A batch of replays and declines may have written nothing.
      if (outcomes.some(({ status, replayed }) => status !== 'rejected' && !replayed))
        this.#writeCheck.record(undefined)
      return outcomes
    } catch (error) {
      this.#writeCheck.record(asUnavailable(error))
      throw error
    }
  }

  async #probe(): Promise<void> {
    try {
      await this.#store.probe()
      this.#writeCheck.record(undefined)
    } catch (error) {
      this.#writeCheck.record(asUnavailable(error))
    }
  }

  /**
   * Lets the next batch fill. After a slow commit it waits for the next requests of the clients that were just answered:
   * else it would leave without them, the one after it without the others, and each client would wait for two commits
   * instead of one.
   */
  async #linger(answered: number, commitMs: number): Promise<void> {
    await nextTurn()
    const pending = this.#pending.length
    if (commitMs < SLOW_COMMIT_MS || pending === 0 || pending >= MAX_BATCH_COMMANDS) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, commitMs * LINGER_RATIO)
      const onFull = (): void => {
        clearTimeout(timer)
        resolve()
      }
      this.#lingering = { commands: Math.min(pending + answered, MAX_BATCH_COMMANDS), onFull }
    })
    this.#lingering = undefined
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function tooManyWaiting(): StoreUnavailable {
  return new StoreUnavailable('too many requests are waiting')
}

function asUnavailable(error: unknown): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error
  return new StoreUnavailable('the service has met a fault of its own', { cause: error })
}
