import type { AccountBalance, StoredDetails } from '../../ledger/accounts.ts'
import type { Command } from '../../ledger/commands/registry.ts'
import type { StoredHold } from '../../ledger/holds.ts'
import type { Outcome } from '../../ledger/outcomes.ts'
import type { Posting, ReversiblePosting } from '../../ledger/postings.ts'
import type { Store } from '../store.ts'
import type { Deadline } from './connection/deadline.ts'
import type { DecidingOptions } from './commit/decide-batch.ts'
import { Pruning } from './commit/pruning.ts'
import { PostgresReader } from './read/postgres-reader.ts'
import { ReaderPool } from './connection/reader-pool.ts'
import type { Target } from './connection/url.ts'
import { Writer } from './commit/writer.ts'

/** The engine for several instances over one set of books: any number of them may write at once. */
export class PostgresStore implements Store {
  readonly #pool: ReaderPool
  readonly #reader: PostgresReader
  readonly #writer: Writer
  readonly #pruning: Pruning

  constructor(target: Target, options: DecidingOptions) {
    this.#pool = new ReaderPool(target)
    this.#reader = new PostgresReader(this.#pool, options.clock)
    this.#pruning = new Pruning(this.#pool)
    this.#writer = new Writer(target, options, ({ keys, nowMs }) =>
      this.#pruning.batchCommitted(keys.saved.length, nowMs - options.terms.idempotencyTtlMs),
    )
  }

  /** Connects, so that a start fails where it cannot. */
  open(deadline: Deadline): Promise<void> {
    return this.#writer.open(deadline)
  }

  commit(commands: readonly Command[]): Promise<readonly Outcome[]> {
    return this.#writer.commit(commands)
  }

  probe(): Promise<void> {
    return this.#writer.probe()
  }

  accounts(numbers: readonly string[]): Promise<readonly (AccountBalance | undefined)[]> {
    return this.#reader.accounts(numbers)
  }

  details(number: string): Promise<StoredDetails | undefined> {
    return this.#reader.details(number)
  }

  detailsAfter(afterId: number, limit: number): Promise<readonly StoredDetails[]> {
    return this.#reader.detailsAfter(afterId, limit)
  }

  accountNumbers(ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
    return this.#reader.accountNumbers(ids)
  }

  hold(id: number): Promise<StoredHold | undefined> {
    return this.#reader.hold(id)
  }

  posting(id: number): Promise<ReversiblePosting | undefined> {
    return this.#reader.posting(id)
  }

  history(accountId: number, afterId: number, limit: number): Promise<readonly Posting[]> {
    return this.#reader.history(accountId, afterId, limit)
  }

  latestPostingAt(accountId: number, atMs: number): Promise<Posting | undefined> {
    return this.#reader.latestPostingAt(accountId, atMs)
  }

  isEmpty(): Promise<boolean> {
    return this.#reader.isEmpty()
  }

  latestMs(): Promise<number> {
    return this.#reader.latestMs()
  }

  async close(): Promise<void> {
    await this.#pruning.finish()
    await Promise.all([this.#writer.close(), this.#pool.close()])
  }
}
