import type { Command, Outcome } from './commands.ts'
import { answerAll, type Asked, Gathering } from './gathering.ts'
import type { Account, Posting } from './postings.ts'
import { type Store, StoreUnavailable } from './store.ts'

/** A batch larger than this would keep its first command waiting longer than it saves. */
const MAX_BATCH_COMMANDS = 1_000

/** More waiting commands than this are refused at once rather than answered late. */
const MAX_PENDING_COMMANDS = 20_000

/**
 * The face of the bank. Commands that arrive together are committed together: while one batch is made durable the
 * next one gathers, and an idle ledger commits a batch of one at once. Nobody waits for a timer.
 */
export class Ledger {
  readonly #store: Store
  readonly #accounts: Gathering<string, Account | undefined>
  #pending: Asked<Command, Outcome>[] = []
  #working = false
  #onIdle: (() => void) | undefined

  constructor(store: Store) {
    this.#store = store
    this.#accounts = new Gathering((numbers) => store.accounts(numbers))
  }

  /**
   * Answers once the outcome is durable. Rejects with `StoreUnavailable` when the command was not carried out:
   * too many are waiting, or the store failed.
   */
  submit(command: Command): Promise<Outcome> {
    if (this.#pending.length >= MAX_PENDING_COMMANDS) {
      return Promise.reject(new StoreUnavailable('too many requests are waiting'))
    }
    return new Promise((resolve, reject) => {
      this.#pending.push({ item: command, resolve, reject })
      this.#wake()
    })
  }

  /** The customer's account of that number, as of the latest commit. */
  account(number: string): Promise<Account | undefined> {
    return this.#accounts.ask(number)
  }

  /** The account's postings with ids above `afterId`, oldest first, `limit` at most. */
  history(accountId: number, afterId: number, limit: number): Promise<readonly Posting[]> {
    return this.#store.history(accountId, afterId, limit)
  }

  /** Finishes what was submitted, then closes the store. */
  async close(): Promise<void> {
    if (this.#working) await new Promise<void>((resolve) => (this.#onIdle = resolve))
    await this.#store.close()
  }

  #wake(): void {
    if (this.#working) return
    this.#working = true
    void this.#work()
  }

  async #work(): Promise<void> {
    while (this.#pending.length > 0) {
      // By the next turn of the event loop every request that has already arrived has joined the batch.
      await new Promise<void>((resolve) => setImmediate(resolve))
      const batch = this.#pending.slice(0, MAX_BATCH_COMMANDS)
      this.#pending = this.#pending.slice(MAX_BATCH_COMMANDS)
      await answerAll(batch, (commands) => this.#store.commit(commands))
    }
    this.#working = false
    this.#onIdle?.()
  }
}
