import { type Account, accountStatusFrom } from '../../../ledger/accounts.ts'
import {
  integer,
  integerOrUndefined,
  number,
  numberOrUndefined,
  type Row,
  text,
  textOrUndefined,
} from '../../row-values.ts'

/** An account as its row has it. Its holds are rows of their own. */
export interface StoredAccount extends Omit<Account, 'openHolds'> {
  /** The row knows what the account has come to by this posting, 0 where there is none. */
  readonly latestPostingId: number
}

export const ACCOUNT_COLUMNS = `id, number, balance, latest_posting_id, status, overdraft_limit, withdrawal_limit,
  daily_amount_limit, daily_count_limit, withdrawn_day, withdrawn_amount, withdrawn_count`

/** Reads a row with `ACCOUNT_COLUMNS`. */
export function storedAccountFrom(row: Row): StoredAccount {
  return {
    id: number(row, 'id'),
    number: textOrUndefined(row, 'number'),
    balance: integer(row, 'balance'),
    latestPostingId: number(row, 'latest_posting_id'),
    status: accountStatusFrom(number(row, 'status')),
    limits: {
      overdraft: integerOrUndefined(row, 'overdraft_limit'),
      withdrawal: integerOrUndefined(row, 'withdrawal_limit'),
      dailyAmount: integerOrUndefined(row, 'daily_amount_limit'),
      dailyCount: numberOrUndefined(row, 'daily_count_limit'),
    },
    withdrawn: {
      day: number(row, 'withdrawn_day'),
      amount: BigInt(text(row, 'withdrawn_amount')),
      count: number(row, 'withdrawn_count'),
    },
  }
}
