import { MAX_CENTS } from '../../money.ts'
import { type Account, plainAccount } from '../accounts.ts'
import type { LoadedState } from './loaded-state.ts'

const MIN_CENTS = -MAX_CENTS - 1n

/** An account that was opened, with the holder's name, which decides nothing. */
export interface OpenedAccount {
  readonly account: Account
  readonly name: string | undefined
}

/** The accounts of a batch, as its commands leave them. */
export class BatchAccounts {
  readonly cashDrawers: readonly Account[]
  /** In the order in which they were opened. */
  readonly opened: OpenedAccount[] = []
  /** Those of which anything has changed: balance, withdrawals of the day, holds, status or limits. */
  readonly changed = new Set<Account>()
  /** Those of which the status or the limits have changed. */
  readonly withNewSettings = new Set<Account>()
  readonly #byNumber = new Map<string, Account>()
  readonly #byId = new Map<number, Account>()
  #nextId: number
  #lackedCash = false

  constructor({ accounts, cashDrawers, nextAccountId }: LoadedState) {
    this.cashDrawers = cashDrawers
    this.#nextId = nextAccountId
    for (const account of accounts) this.#add(account)
  }

  /** The customer's account of that number, if there is one. */
  find(number: string): Account | undefined {
    return this.#byNumber.get(number)
  }

  /** An account that something loaded refers to. Throws when the engine has not loaded it. */
  get(id: number): Account {
    const account = this.#byId.get(id)
    if (account === undefined) throw new Error(`account ${id} is referred to and is not there; run verify`)
    return account
  }

  /**
   * The cash drawer that can take a change of `cents` to its balance. There are several because a drawer's balance is
   * held to 64 bits like any other, and one customer at the limit must not stop all others.
   */
  cashDrawerFor(cents: bigint): Account | undefined {
    const drawer = this.cashDrawers.find(({ balance }) => fits(balance + cents))
    if (drawer === undefined) this.#lackedCash = true
    return drawer
  }

  /** Whether some command found no cash drawer: an engine that did not load all of them has to load again. */
  get lackedCash(): boolean {
    return this.#lackedCash
  }

  open(number: string, name: string | undefined): Account {
    const account = plainAccount(this.#nextId++, number, 0n)
    this.#add(account)
    this.opened.push({ account, name })
    return account
  }

  /** Opens an account of the bank's own, which has no number. */
  openInternal(): Account {
    const account = plainAccount(this.#nextId++, undefined, 0n)
    this.#add(account)
    this.opened.push({ account, name: undefined })
    return account
  }

  settingsChanged(account: Account): void {
    this.changed.add(account)
    this.withNewSettings.add(account)
  }

  #add(account: Account): void {
    if (account.number !== undefined) this.#byNumber.set(account.number, account)
    this.#byId.set(account.id, account)
  }
}

/** Whether a balance, in cents, fits the signed 64 bits that every engine stores. */
export function fits(balance: bigint): boolean {
  return balance <= MAX_CENTS && balance >= MIN_CENTS
}
