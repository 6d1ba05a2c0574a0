import { closeSync, fdatasync, openSync } from 'node:fs'
import { promisify } from 'node:util'
import { OutcomeUnknown, StoreUnavailable } from '../../../ledger/store.ts'

const syncData = promisify(fdatasync)

/**
 * Puts what SQLite has committed on the disk, on another thread than the one that serves requests. SQLite itself would
 * wait for the disk inside COMMIT, and the whole service with it.
 *
 * SQLite appends each commit to its write-ahead log in the order of the commits, with a checksum over all before it, so
 * after a power cut there is a first part of the commits and never a later one alone. A sync of the log therefore makes
 * every commit so far durable, which is just what `PRAGMA synchronous = FULL` does and when it does it.
 */
export class LogSync {
  readonly #descriptor: number
  #underWay: Promise<void> = Promise.resolve()
  #fault: StoreUnavailable | undefined

  /** The log must be there already: it is from the first write of an open database to its close. */
  constructor(databasePath: string) {
    this.#descriptor = openSync(`${databasePath}-wal`, 'r+')
  }

  /** Throws `StoreUnavailable` once the disk has failed. Nothing may be committed from then on. */
  assertSound(): void {
    if (this.#fault !== undefined) throw this.#fault
  }

  /** Settles once all that was committed before the call is on the disk. Rejects with `OutcomeUnknown`. */
  sync(): Promise<void> {
    this.#underWay = this.#sync()
    return this.#underWay
  }

  /** Settles with the latest `sync`. Rejects with `StoreUnavailable` when the disk has failed. */
  settled(): Promise<void> {
    return this.#underWay.catch(() => this.assertSound())
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  async #sync(): Promise<void> {
    try {
      await syncData(this.#descriptor)
    } catch (cause) {
      // The system may have dropped what it could not write, so a second try that succeeds would prove nothing.
      this.#fault = new StoreUnavailable('the disk has failed; restart the service once it is sound', {
        cause,
      })
      throw new OutcomeUnknown('the disk did not confirm what was written', { cause })
    }
  }
}
