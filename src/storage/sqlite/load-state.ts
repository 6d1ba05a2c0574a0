import type { Account } from '../../ledger/accounts.ts'
import type { Command } from '../../ledger/commands/registry.ts'
import type { Hold } from '../../ledger/holds.ts'
import { type KeyRecord, keyDigest } from '../../ledger/idempotency.ts'
import type { LoadedState } from '../../ledger/batch/loaded-state.ts'
import type { ReversiblePosting } from '../../ledger/postings.ts'
import { requiredState } from '../../ledger/commands/registry.ts'
import type { AccountTable } from './tables/account-table.ts'
import type { HoldTable } from './tables/hold-table.ts'
import type { KeyTable } from './tables/key-table.ts'
import type { AccountCache } from './cache/account-cache.ts'
import type { PostingTable } from './tables/posting-table.ts'

/** Where a batch is loaded from. */
export interface LoadingSources {
  readonly table: AccountTable
  readonly live: AccountCache
  readonly postings: PostingTable
  readonly holds: HoldTable
  readonly keys: KeyTable
}

/** What commands name, as much of it as exists. */
type NamedParts = Pick<LoadedState, 'accounts' | 'keyRecords' | 'holds' | 'reversiblePostings'>

/** Loads what the commands name. */
export function load(commands: readonly Command[], sources: LoadingSources): NamedParts {
  const loading = new Loading(sources)
  for (const command of commands) loading.add(command)
  return loading.parts
}

class Loading {
  readonly #sources: LoadingSources
  /** By number, so that each is loaded once whatever names it. */
  readonly #accounts = new Map<string, Account>()
  readonly #keyRecords: KeyRecord[] = []
  readonly #holds = new Map<number, Hold>()
  readonly #reversible = new Map<number, ReversiblePosting>()

  constructor(sources: LoadingSources) {
    this.#sources = sources
  }

  get parts(): NamedParts {
    return {
      accounts: [...this.#accounts.values()],
      keyRecords: this.#keyRecords,
      holds: [...this.#holds.values()],
      reversiblePostings: [...this.#reversible.values()],
    }
  }

  add(command: Command): void {
    const { accounts, holds, postings, keys } = requiredState(command)
    for (const number of accounts) this.#addAccount(number)
    if (holds !== undefined) for (const id of holds) this.#addHold(id)
    if (postings !== undefined) for (const id of postings) this.#addPosting(id)
    if (keys !== undefined) for (const key of keys) this.#addReversedKey(key)
    if (command.idempotencyKey !== undefined) this.#addKeyRecord(command.idempotencyKey)
  }

  #addAccount(number: string): void {
    const account = this.#accounts.has(number) ? undefined : this.#sources.live.find(number)
    if (account !== undefined) this.#accounts.set(number, account)
  }

  /** A cash drawer has no number and is always there. */
  #addAccountOf(id: number): void {
    const number = this.#sources.table.numberOf(id)
    if (number !== undefined) this.#addAccount(number)
  }

  #addHold(id: number): void {
    const hold = this.#holds.has(id) ? undefined : this.#sources.holds.find(id)
    if (hold === undefined) return
    this.#holds.set(id, hold)
    this.#addAccountOf(hold.accountId)
  }

  #addPosting(id: number): void {
    const reversible = this.#reversible.has(id) ? undefined : this.#sources.postings.reversible(id)
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
    const record = this.#sources.keys.find(keyDigest(key))
    if (record !== undefined) this.#keyRecords.push(record)
    return record
  }
}
