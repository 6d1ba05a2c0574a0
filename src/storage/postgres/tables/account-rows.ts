import {
  type Account,
  type AccountBalance,
  type AccountLimits,
  accountStatusFrom,
} from '../../../ledger/accounts.ts'
import { NO_HOLDS, type OpenHold } from '../../../ledger/holds.ts'
import {
  integer,
  integerOrUndefined,
  number,
  numberOrUndefined,
  type Row,
  textOrUndefined,
} from '../../row-values.ts'
import { textArray } from './arrays.ts'

/** An account as it was in the database at one moment, with its open holds. Time alone makes some of those expire. */
export interface VersionedAccount extends Readonly<Account> {
  /** Grows with every change, also of its holds: the same version is the same account, to the cent. */
  readonly version: number
  /** The ledger's time when it was last changed. */
  readonly latestMs: number
}

export const BALANCE_COLUMNS = 'accounts.id, accounts.number, accounts.balance'

/** All that an account's row has of the account itself, without what is only told of it. */
export const ACCOUNT_COLUMNS = `${BALANCE_COLUMNS}, version, latest_posting_ms, status, overdraft_limit,
  withdrawal_limit, daily_amount_limit, daily_count_limit, withdrawn_day, withdrawn_amount, withdrawn_count`

/** Reads `BALANCE_COLUMNS`. */
export function balanceFrom(row: Row): AccountBalance {
  return { id: number(row, 'id'), number: textOrUndefined(row, 'number'), balance: integer(row, 'balance') }
}

/** Reads `ACCOUNT_COLUMNS`. */
export function accountFrom(row: Row, openHolds: readonly OpenHold[] = NO_HOLDS): VersionedAccount {
  return {
    ...balanceFrom(row),
    status: accountStatusFrom(number(row, 'status')),
    limits: limitsFrom(row),
    withdrawn: {
      day: number(row, 'withdrawn_day'),
      amount: integer(row, 'withdrawn_amount'),
      count: number(row, 'withdrawn_count'),
    },
    openHolds,
    version: number(row, 'version'),
    latestMs: number(row, 'latest_posting_ms'),
  }
}

function limitsFrom(row: Row): AccountLimits {
  return {
    overdraft: integerOrUndefined(row, 'overdraft_limit'),
    withdrawal: integerOrUndefined(row, 'withdrawal_limit'),
    dailyAmount: integerOrUndefined(row, 'daily_amount_limit'),
    dailyCount: numberOrUndefined(row, 'daily_count_limit'),
  }
}

/** The numbers as a parameter. None that is kept has a zero character, and the server refuses such a text. */
export function numberArray(numbers: Iterable<string>): string {
  return textArray([...numbers].filter((each) => !each.includes('\0')))
}
