import { fingerprint } from './idempotency.ts'
import { type Account, isInHistory, type Posting } from './postings.ts'
import { isReason } from './rejections.ts'

/** All there is in a store, from one unchanging snapshot. */
export interface AuditSource {
  /** In the order of posting. */
  postings(): Iterable<Posting>
  posting(id: number): Posting | undefined
  /** Every account, cash drawers too, with the ids of the postings that its history lists. */
  accounts(): Iterable<{ readonly account: Account; readonly postingIds: Iterable<number> }>
  keyRecords(): Iterable<AuditedKeyRecord>
}

/** An idempotency record as stored, with its outcome by name. */
export interface AuditedKeyRecord {
  readonly atMs: number
  readonly fingerprint: string
  readonly postingId: number | undefined
  readonly reason: string | undefined
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
interface Recomputed {
  balance: bigint
  historyLength: number
  historyChecksum: number
}

/**
 * Recomputes the books from the postings alone and compares: every running balance with the one before, every
 * account's balance and history with its postings, the sum over all accounts with zero, and every idempotency
 * record with the posting it names.
 */
export function audit(source: AuditSource): AuditReport {
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

  run(): AuditReport {
    const postings = this.#checkPostings()
    const accounts = this.#checkAccounts()
    const keyRecords = this.#checkKeyRecords()
    return { accounts, postings, keyRecords, differences: this.#differences, firstDifferences: this.#first }
  }

  #checkPostings(): number {
    let count = 0
    let latestMs = 0
    for (const posting of this.#source.postings()) {
      count += 1
      const { id, amount, debitAccountId, creditAccountId } = posting
      if (amount <= 0n) this.#differ(`posting ${id} moves ${amount} cents, which is not a positive amount`)
      if (debitAccountId === creditAccountId)
        this.#differ(`posting ${id} debits and credits the same account`)
      if (posting.atMs < latestMs) this.#differ(`posting ${id} is dated before the posting before it`)
      latestMs = posting.atMs
      this.#follow(posting, debitAccountId, -amount, posting.debitBalance)
      this.#follow(posting, creditAccountId, amount, posting.creditBalance)
    }
    return count
  }

  #follow(posting: Posting, accountId: number, change: bigint, balanceAfter: bigint): void {
    const account = this.#of(accountId)
    if (account.balance + change !== balanceAfter) {
      this.#differ(
        `posting ${posting.id} leaves account ${accountId} at ${balanceAfter} cents, where its postings add up to ${account.balance + change}`,
      )
    }
    account.balance += change
    if (isInHistory(posting)) list(account, posting.id)
  }

  #checkAccounts(): number {
    let count = 0
    let sum = 0n
    for (const { account, postingIds } of this.#source.accounts()) {
      count += 1
      sum += account.balance
      const recomputed = this.#of(account.id)
      this.#recomputed.delete(account.id)
      if (account.number !== undefined) this.#numbers.set(account.id, account.number)
      if (account.balance !== recomputed.balance) {
        this.#differ(
          `account ${name(account)} holds ${account.balance} cents, where its postings add up to ${recomputed.balance}`,
        )
      }
      if (account.number !== undefined) this.#checkHistory(account, recomputed, postingIds)
    }
    for (const id of this.#recomputed.keys())
      this.#differ(`postings name account ${id}, which does not exist`)
    if (sum !== 0n) this.#differ(`all accounts together hold ${sum} cents, where they must hold 0`)
    return count
  }

  #checkHistory(account: Account, expected: Recomputed, postingIds: Iterable<number>): void {
    const listed: Recomputed = { balance: 0n, historyLength: 0, historyChecksum: 0 }
    for (const id of postingIds) list(listed, id)
    if (
      listed.historyLength !== expected.historyLength ||
      listed.historyChecksum !== expected.historyChecksum
    ) {
      this.#differ(
        `the history of account ${name(account)} lists ${listed.historyLength} postings, not just the ${expected.historyLength} that name it`,
      )
    }
  }

  #checkKeyRecords(): number {
    let count = 0
    for (const record of this.#source.keyRecords()) {
      count += 1
      if (record.postingId !== undefined) this.#checkPostedRecord(record, record.postingId, count)
      else if (!isReason(record.reason ?? '')) this.#differ(`idempotency record ${count} has no outcome`)
    }
    return count
  }

  #checkPostedRecord(record: AuditedKeyRecord, postingId: number, position: number): void {
    const posting = this.#source.posting(postingId)
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
    const fresh = { balance: 0n, historyLength: 0, historyChecksum: 0 }
    this.#recomputed.set(accountId, fresh)
    return fresh
  }

  #differ(sentence: string): void {
    this.#differences += 1
    if (this.#first.length < MAX_REPORTED_DIFFERENCES) this.#first.push(sentence)
  }
}

/** Adds a posting to an account's list, kept as length and checksum so that millions take no memory. */
function list(account: Recomputed, postingId: number): void {
  account.historyLength += 1
  account.historyChecksum = (Math.imul(account.historyChecksum, 31) + postingId) | 0
}

function name(account: Account): string {
  return account.number ?? `cash drawer ${account.id}`
}
