import type { Account } from '../accounts.ts'
import { type Hold, unexpired } from '../holds.ts'
import type { BatchAccounts } from './batch-accounts.ts'
import type { LoadedState } from './loaded-state.ts'

/** The holds of a batch, as its commands leave them. */
export class BatchHolds {
  /** Those that were placed, captured or released, by id. */
  readonly changed = new Map<number, Hold>()
  readonly #accounts: BatchAccounts
  readonly #nowMs: number
  readonly #holds = new Map<number, Hold>()
  #nextId: number

  constructor({ holds, nextHoldId, nowMs }: LoadedState, accounts: BatchAccounts) {
    this.#accounts = accounts
    this.#nowMs = nowMs
    this.#nextId = nextHoldId
    for (const hold of holds) this.#holds.set(hold.id, hold)
  }

  find(id: number): Hold | undefined {
    return this.#holds.get(id)
  }

  /** Sets money of the account aside. The caller has checked that it is available. */
  place(account: Account, details: Pick<Hold, 'amount' | 'expiresAtMs' | 'reference'>): Hold {
    const hold: Hold = {
      id: this.#nextId++,
      ...details,
      accountId: account.id,
      accountNumber: account.number ?? '',
      placedAtMs: this.#nowMs,
      state: 'open',
      capturedAmount: 0n,
      capturePostingId: undefined,
    }
    const { id, amount, expiresAtMs } = hold
    account.openHolds = [...unexpired(account.openHolds, this.#nowMs), { id, amount, expiresAtMs }]
    return this.#change(hold, account)
  }

  /** Ends an open hold: its money is no longer set aside. */
  end(hold: Hold, end: Pick<Hold, 'state'> & Partial<Hold>): Hold {
    const account = this.#accounts.get(hold.accountId)
    account.openHolds = unexpired(account.openHolds, this.#nowMs).filter(({ id }) => id !== hold.id)
    return this.#change({ ...hold, ...end }, account)
  }

  #change(hold: Hold, account: Account): Hold {
    this.#holds.set(hold.id, hold)
    this.changed.set(hold.id, hold)
    this.#accounts.changed.add(account)
    return hold
  }
}
