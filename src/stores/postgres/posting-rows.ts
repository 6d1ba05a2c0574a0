import { type Posting, postingKindFrom } from '../../ledger/postings.ts'
import { integer, number, type Row } from '../values.ts'

export const POSTING_COLUMNS = `postings.id, postings.at_ms, postings.kind, postings.debit_account_id,
  postings.credit_account_id, postings.amount, postings.debit_balance, postings.credit_balance`

export function postingFrom(row: Row): Posting {
  return {
    id: number(row, 'id'),
    atMs: number(row, 'at_ms'),
    kind: postingKindFrom(number(row, 'kind')),
    debitAccountId: number(row, 'debit_account_id'),
    creditAccountId: number(row, 'credit_account_id'),
    amount: integer(row, 'amount'),
    debitBalance: integer(row, 'debit_balance'),
    creditBalance: integer(row, 'credit_balance'),
  }
}
