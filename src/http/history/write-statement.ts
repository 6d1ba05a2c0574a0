import type { AccountBalance } from '../../ledger/accounts.ts'
import type { Ledger } from '../../service/ledger.ts'
import { balanceAfter, changeOf, type Posting } from '../../ledger/postings.ts'
import { formatCents } from '../../money.ts'
import { CounterpartyNumbers } from './counterparty-numbers.ts'
import { closedRangeOf, pagesOf } from './posting-range.ts'
import type { Period } from '../shared/time-range.ts'
import { seenFrom, type Transaction } from './transaction-response.ts'

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
  const { openingBalance, ...stretch } = await closedRangeOf(ledger, account, period)
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
  for await (const postings of pagesOf(ledger, account.id, stretch)) {
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
