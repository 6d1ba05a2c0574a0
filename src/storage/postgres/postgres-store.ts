import { type Command, isLedgerCommand } from '../../state-machine/commands.ts'
import type { Outcome } from '../../state-machine/outcomes.ts'
import { type Store, StoreUnavailable } from '../store.ts'
import type { Deadline } from './connection/connecting.ts'
import type { DecidingOptions } from './commit/decide-batch.ts'
import { Pruning } from './pruning.ts'
import { PostgresReader } from './read/postgres-reader.ts'
import { ReaderPool } from './connection/reader-pool.ts'
import type { Target } from './connection/url.ts'
import { Writer } from './commit/writer.ts'

/** The engine for several instances over one set of books: any number of them may write at once. */
export class PostgresStore implements Store {
  readonly reads: PostgresReader
  readonly #pool: ReaderPool
  readonly #writer: Writer
  readonly #pruning: Pruning
  readonly #ttlMs: number

  constructor(target: Target, options: DecidingOptions) {
    this.#pool = new ReaderPool(target)
    this.reads = new PostgresReader(this.#pool, options.clock)
    this.#pruning = new Pruning(this.#pool)
    this.#writer = new Writer(target, options)
    this.#ttlMs = options.terms.idempotencyTtlMs
  }

  /** Connects, so that a start fails where it cannot. */
  open(deadline: Deadline): Promise<void> {
    return this.#writer.open(deadline)
  }

  async commit(commands: readonly Command[]): Promise<readonly Outcome[]> {
    if (!commands.every(isLedgerCommand))
      throw new StoreUnavailable('this store does not keep cash machines yet; use the embedded one')
    const { outcomes, state } = await this.#writer.commit(commands)
    this.#pruning.batchCommitted(state.keys.saved.length, state.nowMs - this.#ttlMs)
    return outcomes
  }

  probe(): Promise<void> {
    return this.#writer.probe()
  }

  isEmpty(): Promise<boolean> {
    return this.reads.isEmpty()
  }

  latestMs(): Promise<number> {
    return this.reads.latestMs()
  }

  async close(): Promise<void> {
    await this.#pruning.finish()
    await Promise.all([this.#writer.close(), this.#pool.close()])
  }
}
