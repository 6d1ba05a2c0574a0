import type { AtmAuditSource } from '../../src/atm/audit/source.ts'
import { type Account, plainAccount, type StoredDetails } from '../../src/ledger/accounts.ts'
import { CASH_DRAWERS, isCashDrawer } from '../../src/ledger/cash-drawers.ts'
import { audit, type AuditReport, type AuditSource } from '../../src/state-machine/audit.ts'
import type { ListedPosting } from '../../src/ledger/audit/source.ts'
import { BatchState, type LoadedState } from '../../src/state-machine/batch-state.ts'
import { type Command, idempotencyKeyOf, requiredState } from '../../src/state-machine/commands.ts'
import { decide } from '../../src/state-machine/decide.ts'
import type { Hold, StoredHold } from '../../src/ledger/holds.ts'
import { type KeyRecord, keyDigest } from '../../src/ledger/idempotency.ts'
import { decodeOutcome, encodeOutcome } from '../../src/ledger/outcome-codec.ts'
import type { Outcome } from '../../src/state-machine/outcomes.ts'
import { isInHistory, type Posting, type ReversiblePosting } from '../../src/ledger/postings.ts'
import type { Store, StoreReads } from '../../src/storage/store.ts'
import type { Terms } from '../../src/ledger/terms.ts'
import { PlainMachines } from '../atm/plain-machines.ts'
import { plainReads } from '../atm/plain-reads.ts'

/**
 * The port in plain memory, with no engine below it: what the rules name is all that is loaded, and what the books have
 * collected is all that is kept. It lets the rules be tried alone, after every single command.
 */
export class PlainStore implements Store, StoreReads {
  readonly reads: StoreReads = this
  readonly #terms: Terms
  readonly #clock: () => number
  readonly #accounts: Account[] = []
  readonly #told = new Map<number, Pick<StoredDetails, 'name' | 'openedAtMs'>>()
  readonly #postings: Posting[] = []
  readonly #holds: Hold[] = []
  readonly #keyRecords = new Map<string, KeyRecord>()
  readonly machines = new PlainMachines()
  readonly atm = plainReads(this.machines, () => this.#nowMs)

  constructor(terms: Terms, clock: () => number) {
    this.#terms = terms
    this.#clock = clock
    for (const id of CASH_DRAWERS) this.#accounts.push(plainAccount(id, undefined, 0n))
  }

  async commit(commands: readonly Command[]): Promise<readonly Outcome[]> {
    const books = new BatchState(this.#load(commands))
    const outcomes = commands.map((command) => decide(books, command, this.#terms))
    this.#keep(books)
    return outcomes
  }

  async probe(): Promise<void> {
    this.#clock()
  }

  async latestMs(): Promise<number> {
    return this.#postings.at(-1)?.atMs ?? 0
  }

  async accounts(numbers: readonly string[]): Promise<readonly (Account | undefined)[]> {
    return numbers.map((number) => this.#account(number))
  }

  async details(number: string): Promise<StoredDetails | undefined> {
    const account = this.#account(number)
    return account && this.#detailsOf(account)
  }

  async detailsAfter(afterId: number, limit: number): Promise<readonly StoredDetails[]> {
    const customers = this.#accounts.filter(({ id, number }) => number !== undefined && id > afterId)
    return customers.slice(0, limit).map((account) => this.#detailsOf(account))
  }

  async accountNumbers(ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
    const named = this.#accounts.flatMap(({ id, number }) =>
      number !== undefined && ids.includes(id) ? [[id, number] as const] : [],
    )
    return new Map(named)
  }

  async hold(id: number): Promise<StoredHold | undefined> {
    const hold = this.#holds[id - 1]
    return hold && { hold, asOfMs: this.#nowMs }
  }

  async posting(id: number): Promise<ReversiblePosting | undefined> {
    return this.#reversible(id)
  }

  async history(accountId: number, afterId: number, limit: number): Promise<readonly Posting[]> {
    const after = this.#postings.slice(afterId)
    return after.filter((posting) => isOf(posting, accountId)).slice(0, limit)
  }

  async latestPostingAt(accountId: number, atMs: number): Promise<Posting | undefined> {
    return this.#postings.findLast((posting) => isOf(posting, accountId) && posting.atMs <= atMs)
  }

  async isEmpty(): Promise<boolean> {
    return this.#accounts.every(({ number }) => number === undefined)
  }

  async close(): Promise<void> {}

  balanceOf(id: number): bigint {
    return this.#accounts[id - 1]?.balance ?? 0n
  }

  /** What all accounts hold together, cash drawers too. */
  get total(): bigint {
    return this.#accounts.reduce((sum, { balance }) => sum + balance, 0n)
  }

  atmAuditSource(): AtmAuditSource {
    return this.machines.auditSource({
      accounts: this.#accounts,
      postings: this.#postings,
      reversible: (id) => this.#reversible(id),
    })
  }

  verify(): Promise<AuditReport> {
    const source: AuditSource = {
      postings: () => [this.#postings],
      accounts: () => [this.#accounts.map((account) => ({ account, history: this.#history(account) }))],
      holds: () => [this.#holds.map((hold) => ({ hold, capture: this.#posting(hold.capturePostingId) }))],
      reversals: () => [
        this.#postings
          .filter(({ kind }) => kind === 'reversal')
          .map((reversal) => ({ reversal, original: this.#posting(reversal.reversedPostingId) })),
      ],
      atm: this.atmAuditSource(),
      keyRecords: () => [
        [...this.#keyRecords.values()].map((record) => {
          const stored = encodeOutcome(record.outcome)
          return { ...record, ...stored, posting: this.#posting(stored.postingId) }
        }),
      ],
    }
    return audit(source, this.#nowMs, this.#terms.timeZone)
  }

  get #nowMs(): number {
    return Math.max(this.#clock(), this.#postings.at(-1)?.atMs ?? 0)
  }

  #load(commands: readonly Command[]): LoadedState {
    const named = commands.map((command) => requiredState(command))
    const keys = commands.flatMap((command) => idempotencyKeyOf(command) ?? [])
    const atm = this.machines.load(named)
    const keysToReverse = named.flatMap((each) => each.keys ?? [])
    const toReverse = this.#recordsOf(keysToReverse).map(({ outcome }) => outcome)
    const holdIds = [
      ...named.flatMap((each) => each.holds ?? []),
      ...toReverse.flatMap((outcome) => (outcome.status === 'held' ? outcome.hold.id : [])),
    ]
    const holds = this.#loadAll(holdIds, (id) => this.#holds[id - 1])
    const postingIds = [
      ...named.flatMap((each) => each.postings ?? []),
      ...atm.transactions.flatMap(({ postingId }) => postingId ?? []),
      ...toReverse.flatMap((outcome) => encodeOutcome(outcome).postingId ?? []),
    ]
    const reversiblePostings = this.#loadAll(postingIds, (id) => this.#reversible(id))
    const accountIds = new Set([
      ...holds.map(({ accountId }) => accountId),
      ...atm.cards.map(({ accountId }) => accountId),
      ...atm.transactions.flatMap(({ accountId }) => accountId ?? []),
      ...atm.terminals.flatMap(({ cashAccountId, overShortAccountId }) => [
        cashAccountId,
        overShortAccountId,
      ]),
      ...reversiblePostings.flatMap(({ posting }) => [posting.debitAccountId, posting.creditAccountId]),
    ])
    const numbers = new Set(named.flatMap((each) => each.accounts))
    const isNamed = ({ id, number }: Account): boolean =>
      !isCashDrawer(id) && (accountIds.has(id) || (number !== undefined && numbers.has(number)))
    return {
      // What is changed and not told of by the books is lost, as it would be in an engine.
      accounts: this.#accounts.filter(isNamed).map((account) => ({ ...account })),
      cashDrawers: this.#accounts.slice(0, CASH_DRAWERS.length).map((drawer) => ({ ...drawer })),
      keyRecords: this.#recordsOf([...keys, ...keysToReverse]),
      holds,
      reversiblePostings,
      nextPostingId: this.#postings.length + 1,
      nextAccountId: this.#accounts.length + 1,
      nextHoldId: this.#holds.length + 1,
      nowMs: this.#nowMs,
      timeZone: this.#terms.timeZone,
      atm,
    }
  }

  #keep(books: BatchState): void {
    for (const { account, name } of books.accounts.opened) {
      this.#accounts.push(account)
      this.#told.set(account.id, { name, openedAtMs: books.nowMs })
    }
    for (const account of books.accounts.changed) this.#accounts[account.id - 1] = account
    for (const hold of books.holds.changed.values()) this.#holds[hold.id - 1] = hold
    this.#postings.push(...books.postings.added)
    this.machines.keep(books)
    for (const record of books.keys.saved) {
      const stored = encodeOutcome(record.outcome)
      const outcome = decodeOutcome(stored, this.#posting(stored.postingId))
      this.#keyRecords.set(record.digest, { ...record, outcome })
    }
  }

  #loadAll<Item>(ids: readonly number[], load: (id: number) => Item | undefined): readonly Item[] {
    return [...new Set(ids)].flatMap((id) => load(id) ?? [])
  }

  #recordsOf(keys: readonly string[]): readonly KeyRecord[] {
    return [...new Set(keys)].flatMap((key) => this.#keyRecords.get(keyDigest(key)) ?? [])
  }

  #account(number: string): Account | undefined {
    return this.#accounts.find((account) => account.number === number)
  }

  #detailsOf(account: Account): StoredDetails {
    const { name, openedAtMs } = this.#told.get(account.id) ?? { name: undefined, openedAtMs: undefined }
    return { account, name, openedAtMs, asOfMs: this.#nowMs }
  }

  #posting(id: number | undefined): Posting | undefined {
    return id === undefined ? undefined : this.#postings[id - 1]
  }

  #reversible(id: number): ReversiblePosting | undefined {
    const posting = this.#posting(id)
    if (posting === undefined) return undefined
    const reversals = this.#postings.filter(({ reversedPostingId }) => reversedPostingId === id)
    const reversedAmount = reversals.reduce((sum, { amount }) => sum + amount, 0n)
    return { posting, reversedAmount, latestReversal: reversals.at(-1) }
  }

  #history({ id: accountId }: Account): readonly ListedPosting[] {
    const postings = this.#postings.filter((posting) => isOf(posting, accountId))
    return postings.map((posting) => ({ id: posting.id, posting }))
  }
}

function isOf(posting: Posting, accountId: number): boolean {
  const isSide = posting.debitAccountId === accountId || posting.creditAccountId === accountId
  return isSide && isInHistory(posting)
}
