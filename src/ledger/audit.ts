import { fingerprint } from './idempotency.ts'
import { type Account, isInHistory, type Posting } from './postings.ts'
import { isReason } from './rejections.ts'

/** What an engine reads in pieces of a few thousand, so that nobody waits for each single one. */
export type Chunks<Item> = AsyncIterable<readonly Item[]> | Iterable<readonly Item[]>

/** All there is in a store, from one unchanging snapshot. */
export interface AuditSource {
  /** In the order of posting, which is that of their ids. */
  postings(): Chunks<Posting>
  /** Every account, cash drawers too. */
  accounts(): Chunks<AuditedAccount>
  keyRecords(): Chunks<AuditedKeyRecord>
}

export interface AuditedAccount {
  readonly account: Account
  /** The ids of the postings that its history lists, where an engine keeps such a list beside the postings. */
  readonly postingIds?: Iterable<number>
}

/** An idempotency record as stored, with its outcome by name. */
export interface StoredKeyRecord {
  readonly atMs: number
  readonly fingerprint: string
  readonly postingId: number | undefined
  readonly reason: string | undefined
}

export interface AuditedKeyRecord extends StoredKeyRecord {
  /** The posting of that id, if there is one. */
  readonly posting: Posting | undefined
}

export interface AuditReport {
  readonly accounts: number
  readonly postings: number
  readonly keyRecords: number
  readonly differences: number
  /** The first differences, one sentence each. */
  readonly firstDifferences: readonly string[]
}

const MAX_REPORTED_DIFFERENCES = 20

/** What the postings say of one account. */
interface Recomputed extends HistorySum {
  balance: bigint
  latestMs: number
}

/** A list of postings as length and checksum, so that millions take no memory. */
interface HistorySum {
  length: number
  checksum: number
}

/**
 * Recomputes the books from the postings alone and compares: every running balance with the one before, every
 * account's balance and history with its postings, the sum over all accounts with zero, and every idempotency
 * record with the posting it names.
 */
export function audit(source: AuditSource): Promise<AuditReport> {
  return new Audit(source).run()
}

class Audit {
  readonly #source: AuditSource
  readonly #recomputed = new Map<number, Recomputed>()
  readonly #numbers = new Map<number, string>()
  readonly #first: string[] = []
  #differences = 0

  constructor(source: AuditSource) {
    this.#source = source
  }

  async run(): Promise<AuditReport> {
    const postings = await count(this.#source.postings(), (posting) => this.#checkPosting(posting))
    const accounts = await this.#checkAccounts()
    const keyRecords = await count(this.#source.keyRecords(), (record, position) =>
      this.#checkKeyRecord(record, position),
    )
    return { accounts, postings, keyRecords, differences: this.#differences, firstDifferences: this.#first }
  }

  #checkPosting(posting: Posting): void {
    const { id, amount, debitAccountId, creditAccountId } = posting
    if (amount <= 0n) this.#differ(`posting ${id} moves ${amount} cents, which is not a positive amount`)
    if (debitAccountId === creditAccountId) this.#differ(`posting ${id} debits and credits the same account`)
    this.#follow(posting, debitAccountId, -amount, posting.debitBalance)
    this.#follow(posting, creditAccountId, amount, posting.creditBalance)
  }

  #follow(posting: Posting, accountId: number, change: bigint, balanceAfter: bigint): void {
    const account = this.#of(accountId)
    if (account.balance + change !== balanceAfter) {
      this.#differ(
        `posting ${posting.id} leaves account ${accountId} at ${balanceAfter} cents, where its postings add up to ${account.balance + change}`,
      )
    }
    account.balance += change
    // Per account, as several instances may write: each has a clock of its own, and none turns an account's time back.
    if (posting.atMs < account.latestMs)
      this.#differ(`posting ${posting.id} is dated before the posting before it of account ${accountId}`)
    account.latestMs = posting.atMs
    if (isInHistory(posting)) list(account, posting.id)
  }

  async #checkAccounts(): Promise<number> {
    let sum = 0n
    const accounts = await count(this.#source.accounts(), ({ account, postingIds }) => {
      sum += account.balance
      const recomputed = this.#of(account.id)
      this.#recomputed.delete(account.id)
      if (account.number !== undefined) this.#numbers.set(account.id, account.number)
      if (account.balance !== recomputed.balance) {
        this.#differ(
          `account ${name(account)} holds ${account.balance} cents, where its postings add up to ${recomputed.balance}`,
        )
      }
      if (account.number !== undefined && postingIds !== undefined)
        this.#checkHistory(account, recomputed, postingIds)
    })
    for (const id of this.#recomputed.keys())
      this.#differ(`postings name account ${id}, which does not exist`)
    if (sum !== 0n) this.#differ(`all accounts together hold ${sum} cents, where they must hold 0`)
    return accounts
  }

  #checkHistory(account: Account, expected: HistorySum, postingIds: Iterable<number>): void {
    const listed: HistorySum = { length: 0, checksum: 0 }
    for (const id of postingIds) list(listed, id)
    if (listed.length !== expected.length || listed.checksum !== expected.checksum) {
      this.#differ(
        `the history of account ${name(account)} lists ${listed.length} postings, not just the ${expected.length} that name it`,
      )
    }
  }

  #checkKeyRecord(record: AuditedKeyRecord, position: number): void {
    if (record.postingId !== undefined) this.#checkPostedRecord(record, record.postingId, position)
    else if (!isReason(record.reason ?? '')) this.#differ(`idempotency record ${position} has no outcome`)
  }

  #checkPostedRecord(record: AuditedKeyRecord, postingId: number, position: number): void {
    const { posting } = record
    if (posting === undefined) {
      this.#differ(`idempotency record ${position} points at posting ${postingId}, which does not exist`)
    } else if (posting.atMs !== record.atMs || this.#fingerprintOf(posting) !== record.fingerprint) {
      this.#differ(
        `idempotency record ${position} points at posting ${postingId}, which is not the one it made`,
      )
    }
  }

  #fingerprintOf({ kind, debitAccountId, creditAccountId, amount }: Posting): string | undefined {
    const number = this.#numbers.get(kind === 'withdraw' ? debitAccountId : creditAccountId)
    return number === undefined || kind === 'opening' ? undefined : fingerprint(kind, number, amount)
  }

  #of(accountId: number): Recomputed {
    const known = this.#recomputed.get(accountId)
    if (known !== undefined) return known
    const fresh = { balance: 0n, latestMs: 0, length: 0, checksum: 0 }
    this.#recomputed.set(accountId, fresh)
    return fresh
  }

  #differ(sentence: string): void {
    this.#differences += 1
    if (this.#first.length < MAX_REPORTED_DIFFERENCES) this.#first.push(sentence)
  }
}

function list(history: HistorySum, postingId: number): void {
  history.length += 1
  history.checksum = (Math.imul(history.checksum, 31) + postingId) | 0
}

/** Gives each item with its position, from 1 on, to `check`, and answers how many there were. */
async function count<Item>(
  chunks: Chunks<Item>,
  check: (item: Item, position: number) => void,
): Promise<number> {
  let position = 0
  for await (const chunk of chunks) {
    for (const item of chunk) check(item, (position += 1))
  }
  return position
}

function name(account: Account): string {
  return account.number ?? `cash drawer ${account.id}`
}
