import { Books } from '../../ledger/books.ts'
import type { Command, Outcome } from '../../ledger/commands.ts'
import { decide, type Terms } from '../../ledger/decide.ts'
import type { KeyRecord } from '../../ledger/idempotency.ts'
import type { VersionedAccount } from './remembered-accounts.ts'

export interface DecidingOptions {
  readonly terms: Terms
  /** Milliseconds since 1970, UTC. */
  readonly clock: () => number
}

/** A batch that has been decided and is not yet written. */
export interface Decided {
  readonly books: Books
  /** By id: the accounts as they were read, customers' and drawers'. */
  readonly read: ReadonlyMap<number, VersionedAccount>
  /** With provisional posting ids, see `numberedFrom`. */
  readonly outcomes: readonly Outcome[]
}

export interface Loaded {
  readonly accounts: readonly VersionedAccount[]
  readonly keyRecords: readonly KeyRecord[]
  readonly nextAccountId: number
  /** The cash drawer to use before all others. */
  readonly firstDrawerId: number
}

/** Decides the commands on what was loaded. Postings are numbered from 1 until the database gives their ids. */
export function decideAll(
  commands: readonly Command[],
  { accounts, keyRecords, nextAccountId, firstDrawerId }: Loaded,
  { terms, clock }: DecidingOptions,
): Decided {
  const copies = accounts.map(({ id, number, balance }) => ({ id, number, balance }))
  const drawers = copies.filter(({ number }) => number === undefined)
  const books = new Books({
    accounts: copies,
    cashDrawers: drawers.toSorted(
      (left, right) => Number(right.id === firstDrawerId) - Number(left.id === firstDrawerId),
    ),
    keyRecords,
    nextPostingId: 1,
    nextAccountId,
    nowMs: accounts.reduce((latest, { latestMs }) => Math.max(latest, latestMs), clock()),
  })
  return {
    books,
    read: new Map(accounts.map((account) => [account.id, account])),
    outcomes: commands.map((command) => decide(books, command, terms)),
  }
}

/** The outcomes once the id of the first posting is known. Those that repeat an earlier batch's keep their ids. */
export function numberedFrom(firstPostingId: number, { books, outcomes }: Decided): readonly Outcome[] {
  const numbered = new Map(
    books.postings.map((posting) => [posting, { ...posting, id: firstPostingId + posting.id - 1 }]),
  )
  return outcomes.map((outcome) => {
    const posting = outcome.status === 'posted' ? numbered.get(outcome.posting) : undefined
    return posting === undefined || outcome.status !== 'posted' ? outcome : { ...outcome, posting }
  })
}

/** The accounts as the batch leaves them: those it changed, and those it opened. */
export function accountsLeftBy({ books, read }: Decided): readonly VersionedAccount[] {
  const left = [...new Set([...books.changedAccounts, ...books.openedAccounts])]
  return left.map(({ id, number, balance }) => ({
    id,
    number,
    balance,
    version: (read.get(id)?.version ?? 0) + 1,
    latestMs: books.nowMs,
  }))
}
