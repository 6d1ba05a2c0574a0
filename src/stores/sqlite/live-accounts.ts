import { type Account, isInHistory, type Posting } from '../../ledger/postings.ts'
import type { AccountTable, StoredAccount } from './account-table.ts'
import { cents, numbers, withRoomFor } from './growing-arrays.ts'
import { PostingChains } from './posting-chains.ts'
import type { PostingTable } from './posting-table.ts'

const FIRST_CAPACITY = 1_024

/** So many numbers are kept with the ids of their accounts, about 12 MiB; then they are looked up anew. */
const MAX_KEPT_NUMBERS = 200_000

/**
 * The accounts as of the latest commit. Their rows may know less, as postings are folded into them some time later (see
 * `Folding`); so memory is asked first. It holds plain arrays indexed by account id.
 */
export class LiveAccounts {
  readonly #table: AccountTable
  readonly #idsByNumber = new Map<string, number>()
  readonly #cashDrawerIds: readonly number[]
  #balances = cents(FIRST_CAPACITY)
  #latestPostingIds = numbers(FIRST_CAPACITY)
  /** The postings up to which the rows know. */
  #foldedPostingIds = numbers(FIRST_CAPACITY)
  /** The accounts that fell behind since the latest sweep began. */
  #behind: number[] = []
  /** The postings that the rows do not list: those since the latest sweep began, and those before. */
  #unlisted = new PostingChains()
  #unlistedBefore = new PostingChains()

  /** Reads what the accounts have come to by the postings that are not folded yet. */
  constructor(table: AccountTable, postings: PostingTable) {
    this.#table = table
    this.#cashDrawerIds = table.cashDrawers().map((drawer) => this.#read(drawer).id)
    const read = new Set<number>()
    for (const posting of postings.after(table.foldedUpToPostingId())) {
      for (const id of [posting.debitAccountId, posting.creditAccountId]) {
        const stored = read.has(id) ? undefined : table.findById(id)
        if (stored !== undefined) this.#read(stored)
        read.add(id)
      }
      this.posted(posting)
    }
  }

  find(accountNumber: string): Account | undefined {
    const id = this.#idsByNumber.get(accountNumber)
    if (id !== undefined) return { id, number: accountNumber, balance: this.balance(id) }
    const stored = this.#table.find(accountNumber)
    return stored && this.#read(stored)
  }

  /** The bank's cash drawers in the order in which they are to be used. */
  cashDrawers(): Account[] {
    return this.#cashDrawerIds.map((id) => ({ id, number: undefined, balance: this.balance(id) }))
  }

  balance(accountId: number): bigint {
    return this.#balances[accountId] ?? 0n
  }

  latestPostingId(accountId: number): number {
    return this.#latestPostingIds[accountId] ?? 0
  }

  /** Whether the account's row knows less than the postings tell. */
  isBehind(accountId: number): boolean {
    return (this.#foldedPostingIds[accountId] ?? 0) < this.latestPostingId(accountId)
  }

  /** The ids of the postings above `afterId` that belong to the account's history and are not in its row, oldest first. */
  unlisted(accountId: number, afterId: number): number[] {
    return [...this.#unlistedBefore.of(accountId, afterId), ...this.#unlisted.of(accountId, afterId)]
  }

  /** A commit has opened the account, at a balance of 0. */
  opened(account: Account): void {
    this.#read({ account: { ...account, balance: 0n }, latestPostingId: 0 })
  }

  /** A commit has added the posting. What it names must have been found before. */
  posted(posting: Posting): void {
    this.#follow(posting.debitAccountId, posting.debitBalance, posting)
    this.#follow(posting.creditAccountId, posting.creditBalance, posting)
  }

  /** The accounts that are behind, in the order of their rows. The next sweep answers those that fall behind from now on. */
  beginSweep(): number[] {
    const accountIds = this.#behind.toSorted((left, right) => left - right)
    this.#behind = []
    this.#unlistedBefore = this.#unlisted
    this.#unlisted = new PostingChains()
    return accountIds
  }

  /** A commit has brought the account's row up to the latest posting. */
  folded(accountId: number): void {
    this.#foldedPostingIds[accountId] = this.latestPostingId(accountId)
    this.#unlisted.forget(accountId)
    this.#unlistedBefore.forget(accountId)
  }

  #follow(accountId: number, balance: bigint, posting: Posting): void {
    if (posting.id <= this.latestPostingId(accountId)) return
    if (!this.isBehind(accountId)) this.#behind.push(accountId)
    this.#balances[accountId] = balance
    this.#latestPostingIds[accountId] = posting.id
    if (isInHistory(posting) && !this.#cashDrawerIds.includes(accountId))
      this.#unlisted.add(accountId, posting.id)
  }

  /** Takes over what the row says, unless memory knows more. */
  #read({ account, latestPostingId }: StoredAccount): Account {
    const { id, number } = account
    if (number !== undefined) this.#keepNumber(number, id)
    this.#balances = withRoomFor(this.#balances, id, cents)
    this.#latestPostingIds = withRoomFor(this.#latestPostingIds, id, numbers)
    this.#foldedPostingIds = withRoomFor(this.#foldedPostingIds, id, numbers)
    if (this.latestPostingId(id) <= latestPostingId) {
      this.#balances[id] = account.balance
      this.#latestPostingIds[id] = latestPostingId
      this.#foldedPostingIds[id] = latestPostingId
    }
    return { id, number, balance: this.balance(id) }
  }

  #keepNumber(number: string, id: number): void {
    if (this.#idsByNumber.size >= MAX_KEPT_NUMBERS) this.#idsByNumber.clear()
    this.#idsByNumber.set(number, id)
  }
}
