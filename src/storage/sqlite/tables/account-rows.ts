import type { Account } from '../../../ledger/accounts.ts'
import { number, type Row } from '../../row-values.ts'
import { ACCOUNT_COLUMNS, accountFrom } from '../../rows.ts'

/** An account as its row has it. Its holds are rows of their own. */
export interface StoredAccount extends Omit<Account, 'openHolds'> {
  /** The latest posting of which the row knows, 0 where there is none. */
  readonly latestPostingId: number
}

export const STORED_COLUMNS = `${ACCOUNT_COLUMNS}, latest_posting_id`

/** Reads `STORED_COLUMNS`. */
export function storedAccountFrom(row: Row): StoredAccount {
  return { ...accountFrom(row), latestPostingId: number(row, 'latest_posting_id') }
}
