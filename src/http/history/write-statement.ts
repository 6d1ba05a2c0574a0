import type { AccountBalance } from '../../ledger/accounts.ts'
import type { Ledger } from '../../service/ledger.ts'
import { balanceAfter, changeOf, type Posting } from '../../ledger/postings.ts'
import { formatCents } from '../../money.ts'
import { closedRangeOf, pagesOf } from './posting-range.ts'
import type { Period } from '../shared/time-range.ts'
import { otherSideOf, seenFrom, type Transaction } from './transaction-response.ts'

/** What stands above the lines. */
export interface StatementHead {
  readonly accountNumber: string
  readonly period: Period
  readonly openingBalance: string
}

/** A posting, and the account's balance after it. */
export interface StatementLine extends Omit<Transaction, 'account_number' | 'reversed'> {
  readonly balance: string
}

/** What stands below the lines. */
export interface StatementFoot {
  readonly totalIn: string
  readonly totalOut: string
  readonly closingBalance: string
}

/** How a statement is put into text. */
export interface StatementFormat {
  head(head: StatementHead): string
  line(line: StatementLine, isMoneyIn: boolean): string
  readonly separator: string
  foot(foot: StatementFoot, head: StatementHead): string
}

/**
 * The statement as a body in pieces, so that memory stays flat however long it is. It ends where the account is when it
 * begins, so that lines, totals and balances agree while others post.
 */
export async function* writtenStatement(
  ledger: Ledger,
  account: AccountBalance,
  period: Period,
  format: StatementFormat,
): AsyncGenerator<string> {
  const { openingBalance, ...range } = await closedRangeOf(ledger, account, period)
  const head = {
    accountNumber: account.number ?? '',
    period,
    openingBalance: formatCents(openingBalance),
  }
  yield format.head(head)
  const numbers = new CounterpartyNumbers(ledger, account.id)
  let separator = ''
  let balance = openingBalance
  let totalIn = 0n
  let totalOut = 0n
  for await (const postings of pagesOf(ledger, account.id, range)) {
    const known = await numbers.of(postings)
    const lines = postings.map((posting) => {
      const change = changeOf(posting, account.id)
      if (change > 0n) totalIn += change
      else totalOut -= change
      balance = balanceAfter(posting, account.id)
      return format.line(lineOf(account.id, posting, known), change > 0n)
    })
    yield separator + lines.join(format.separator)
    separator = format.separator
  }
  yield format.foot(
    {
      totalIn: formatCents(totalIn),
      totalOut: formatCents(totalOut),
      closingBalance: formatCents(balance),
    },
    head,
  )
}

function lineOf(accountId: number, posting: Posting, numbers: ReadonlyMap<number, string>): StatementLine {
  const { id, ts, type, amount, ...links } = seenFrom(accountId, posting, numbers)
  return { id, ts, type, amount, balance: formatCents(balanceAfter(posting, accountId)), ...links }
}

/** Enough for those whom an account deals with most. */
const MAX_NUMBERS = 1_000

/** The numbers of the accounts on the other sides of one account's postings, cached while a long answer is written. */
class CounterpartyNumbers {
  readonly #ledger: Ledger
  readonly #accountId: number
  readonly #numbers = new Map<number, string>()
  /** The accounts that were looked up, cash among them, which has no number. */
  readonly #known = new Set<number>()

  constructor(ledger: Ledger, accountId: number) {
    this.#ledger = ledger
    this.#accountId = accountId
  }

  /** Those of these postings, by account id; cash has none. */
  async of(postings: readonly Posting[]): Promise<ReadonlyMap<number, string>> {
    const others = new Set(postings.map((posting) => otherSideOf(this.#accountId, posting)))
    if (this.#known.size + others.size > MAX_NUMBERS) {
      this.#known.clear()
      this.#numbers.clear()
    }
    const unknown = [...others].filter((id) => !this.#known.has(id))
    if (unknown.length === 0) return this.#numbers
    const found = await this.#ledger.reads.accountNumbers(unknown)
    for (const id of unknown) this.#known.add(id)
    for (const [id, number] of found) this.#numbers.set(id, number)
    return this.#numbers
  }
}
