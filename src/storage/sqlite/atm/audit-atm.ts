import type {
  AuditedTerminal,
  AuditedTerminalPosting,
  AuditedTransaction,
} from '../../../atm/audit/source.ts'
import type { TerminalTransaction } from '../../../atm/terminal-transactions.ts'
import type { PostingTable } from '../tables/posting-table.ts'
import type { AtmTables } from './atm-tables.ts'

/** The terminals, with what their accounts hold. */
export function* auditedTerminals(
  { terminals }: AtmTables,
  balances: ReadonlyMap<number, bigint>,
): Generator<AuditedTerminal> {
  for (const terminal of terminals.all()) {
    const { cashAccountId, overShortAccountId } = terminal
    yield {
      terminal,
      cashBalance: balances.get(cashAccountId) ?? 0n,
      overShortBalance: balances.get(overShortAccountId) ?? 0n,
    }
  }
}

/** The rows of all journals, with what belongs to them. */
export function* auditedTransactions(
  tables: AtmTables,
  postings: PostingTable,
): Generator<AuditedTransaction> {
  for (const transaction of tables.journal.all()) yield auditedTransaction(transaction, tables, postings)
}

/** The postings on the bank's `own` accounts, none of which is a cash drawer. */
export function* auditedPostings(
  tables: AtmTables,
  postings: PostingTable,
  own: ReadonlyMap<number, bigint>,
): Generator<AuditedTerminalPosting> {
  if (own.size === 0) return
  for (const posting of postings.after(0)) {
    if (own.has(posting.debitAccountId) || own.has(posting.creditAccountId))
      yield { posting, terminalId: tables.postings.terminalOf(posting.id) }
  }
}

function auditedTransaction(
  transaction: TerminalTransaction,
  tables: AtmTables,
  postings: PostingTable,
): AuditedTransaction {
  const { postingId } = transaction
  const named = postingId === undefined ? undefined : postings.reversible(postingId)
  return {
    transaction,
    moves: tables.noteMoves.of(transaction),
    postings: tables.postings.of(transaction).flatMap((id) => postings.find(id) ?? []),
    posting: named?.posting,
    reversedAmount: named?.reversedAmount ?? 0n,
  }
}
