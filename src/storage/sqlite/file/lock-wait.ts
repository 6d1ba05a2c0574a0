import { setTimeout as delay } from 'node:timers/promises'
import type { StatementSync } from 'node:sqlite'
import type { OpenDatabase } from './database.ts'
import { isBusy } from './sqlite-errors.ts'

/** Another program needs the write lock for a moment when it copies the log back. */
const WAIT_MS = 250

const RETRY_MS = 5

/** Waits for the write lock of a file without holding up the thread, as SQLite itself would. */
export class LockWait {
  #isLockedOut = false

  /**
   * Repeats `write` for a while as long as it fails for the lock; and just once when the latest write has waited in vain,
   * so that a long lock does not make each batch late.
   */
  async whenFree<Result>(write: () => Result): Promise<Result> {
    const untilMs = performance.now() + (this.#isLockedOut ? 0 : WAIT_MS)
    for (;;) {
      try {
        const result = write()
        this.#isLockedOut = false
        return result
      } catch (error) {
        this.#isLockedOut = isBusy(error)
        if (!this.#isLockedOut || performance.now() >= untilMs) throw error
      }
      await delay(RETRY_MS)
    }
  }
}

/** Begins a transaction that sees what the latest one of this process left. Throws `StoreUnavailable` when it cannot. */
export function beginAlone(begin: StatementSync, open: OpenDatabase): void {
  begin.run()
  if (open.log?.mayHaveOtherWriter !== true) return
  // Only from outside of a transaction can it be seen whether something was written or the log was just copied back.
  open.database.exec('ROLLBACK')
  open.log.assertOnlyWriter()
  beginAlone(begin, open)
}
