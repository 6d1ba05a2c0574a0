import type { Account } from '../../ledger/accounts.ts'
import { type Command, idempotencyKeyOf, requiredState } from '../../state-machine/commands.ts'
import { isCashDrawer } from '../../ledger/cash-drawers.ts'
import type { Hold } from '../../ledger/holds.ts'
import { type KeyRecord, keyDigest } from '../../ledger/idempotency.ts'
import { AtmLoading } from './atm/load-atm.ts'
import type { StoreState } from './state.ts'
import type { LoadedState } from '../../state-machine/batch-state.ts'
import type { ReversiblePosting } from '../../ledger/postings.ts'

/** What commands require, as much of it as exists. */
type RequiredParts = Pick<LoadedState, 'accounts' | 'keyRecords' | 'holds' | 'reversiblePostings' | 'atm'>

/** Loads what the commands require. */
export function load(commands: readonly Command[], state: StoreState): RequiredParts {
  const loading = new Loading(state)
  for (const command of commands) loading.add(command)
  return loading.parts
}

class Loading {
  readonly #state: StoreState
  /** By number, so that each is loaded once. */
  readonly #accounts = new Map<string, Account>()
  /** Accounts of machines, which have no number. */
  readonly #internal = new Map<number, Account>()
  readonly #keyRecords: KeyRecord[] = []
  readonly #holds = new Map<number, Hold>()
  readonly #reversible = new Map<number, ReversiblePosting>()
  readonly #atm: AtmLoading

  constructor(state: StoreState) {
    this.#state = state
    this.#atm = new AtmLoading(state.atm, {
      addAccount: (id) => this.#addAccountOf(id),
      addPosting: (id) => this.#addPosting(id),
    })
  }

  get parts(): RequiredParts {
    return {
      accounts: [...this.#accounts.values(), ...this.#internal.values()],
      keyRecords: this.#keyRecords,
      holds: [...this.#holds.values()],
      reversiblePostings: [...this.#reversible.values()],
      atm: this.#atm.parts,
    }
  }

  add(command: Command): void {
    const required = requiredState(command)
    const { accounts, holds, postings, keys } = required
    for (const number of accounts) this.#addAccount(number)
    if (holds !== undefined) for (const id of holds) this.#addHold(id)
    if (postings !== undefined) for (const id of postings) this.#addPosting(id)
    if (keys !== undefined) for (const key of keys) this.#addReversedKey(key)
    this.#atm.add(required)
    const key = idempotencyKeyOf(command)
    if (key !== undefined) this.#addKeyRecord(key)
  }

  #addAccount(number: string): void {
    const account = this.#accounts.has(number) ? undefined : this.#state.cache.find(number)
    if (account !== undefined) this.#accounts.set(number, account)
  }

  /** Cash drawers are always there. */
  #addAccountOf(id: number): void {
    const number = this.#state.accounts.numberOf(id)
    if (number !== undefined) this.#addAccount(number)
    else if (!isCashDrawer(id) && !this.#internal.has(id)) this.#addInternal(id)
  }

  #addInternal(id: number): void {
    const account = this.#state.cache.findById(id)
    if (account !== undefined) this.#internal.set(id, account)
  }

  #addHold(id: number): void {
    const hold = this.#holds.has(id) ? undefined : this.#state.holds.find(id)
    if (hold === undefined) return
    this.#holds.set(id, hold)
    this.#addAccountOf(hold.accountId)
  }

  #addPosting(id: number): void {
    const reversible = this.#reversible.has(id) ? undefined : this.#state.postings.reversible(id)
    if (reversible === undefined) return
    this.#reversible.set(id, reversible)
    this.#addAccountOf(reversible.posting.debitAccountId)
    this.#addAccountOf(reversible.posting.creditAccountId)
  }

  #addReversedKey(key: string): void {
    const outcome = this.#addKeyRecord(key)?.outcome
    if (outcome?.status === 'posted' || outcome?.status === 'captured') this.#addPosting(outcome.posting.id)
    if (outcome?.status === 'held') this.#addHold(outcome.hold.id)
  }

  #addKeyRecord(key: string): KeyRecord | undefined {
    const record = this.#state.keys.find(keyDigest(key))
    if (record !== undefined) this.#keyRecords.push(record)
    return record
  }
}
