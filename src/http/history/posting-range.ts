import { setImmediate } from 'node:timers/promises'
import type { Ledger } from '../../service/ledger.ts'
import { balanceAfter, changeOf, type Posting } from '../../ledger/postings.ts'
import type { AccountBalance } from '../../ledger/accounts.ts'
import { LATEST_MS, type Period } from '../shared/time-range.ts'

/** Small enough that other requests are served between two pages of a long history. */
export const PAGE_POSTINGS = 50

/** A part of an account's history, by the ids of postings. */
export interface PostingRange {
  /** The posting before the first; 0 for the beginning. */
  readonly afterId: number
  /** The last, or undefined for whatever there is when it is read. */
  readonly untilId: number | undefined
}

/** The postings of the range, oldest first, in pages of at most `pageSize`. */
export async function* pagesOf(
  ledger: Ledger,
  accountId: number,
  { afterId, untilId = Number.MAX_SAFE_INTEGER }: PostingRange,
  pageSize = PAGE_POSTINGS,
): AsyncGenerator<readonly Posting[]> {
  let lastId = afterId
  while (lastId < untilId) {
    const postings = await ledger.reads.history(accountId, lastId, pageSize)
    const within = postings.filter(({ id }) => id <= untilId)
    if (within.length > 0) yield within
    if (within.length < pageSize) return
    lastId = postings.at(-1)?.id ?? untilId
    // A client that reads fast must not keep the thread from all the others.
    await setImmediate()
  }
}

/** Where the history of the period is; open at its end where the period is. */
export async function rangeOf(
  ledger: Ledger,
  accountId: number,
  { fromMs, toMs }: Period,
): Promise<PostingRange> {
  const untilId = toMs === undefined ? undefined : await idAt(ledger, accountId, toMs)
  return { untilId, afterId: fromMs === undefined ? 0 : await idAt(ledger, accountId, fromMs - 1) }
}

/** The range of a period whose end is as it is now, and the balance, in cents, that it begins with. */
export async function closedRangeOf(
  ledger: Ledger,
  account: AccountBalance,
  { fromMs, toMs = LATEST_MS }: Period,
): Promise<Required<PostingRange> & { readonly openingBalance: bigint }> {
  // The end comes first: what is posted meanwhile is after it, whatever its date is.
  const untilId = await idAt(ledger, account.id, toMs)
  const before = fromMs === undefined ? undefined : await ledger.reads.latestPostingAt(account.id, fromMs - 1)
  if (before === undefined)
    return { afterId: 0, untilId, openingBalance: await firstBalance(ledger, account) }
  return { afterId: before.id, untilId, openingBalance: balanceAfter(before, account.id) }
}

/** The balance at that moment, in cents; before the first posting it is what that one found. */
export async function balanceAt(ledger: Ledger, account: AccountBalance, atMs: number): Promise<bigint> {
  const latest = await ledger.reads.latestPostingAt(account.id, atMs)
  return latest === undefined ? firstBalance(ledger, account) : balanceAfter(latest, account.id)
}

/** The balance before the first posting of the history: what the account was opened with. */
async function firstBalance(ledger: Ledger, account: AccountBalance): Promise<bigint> {
  const [first] = await ledger.reads.history(account.id, 0, 1)
  // The account was read before: where there is no posting even now, nothing has changed it.
  if (first === undefined) return account.balance
  return balanceAfter(first, account.id) - changeOf(first, account.id)
}

async function idAt(ledger: Ledger, accountId: number, atMs: number): Promise<number> {
  const posting = await ledger.reads.latestPostingAt(accountId, atMs)
  return posting?.id ?? 0
}
