import type { Account } from '../../../ledger/accounts.ts'
import { NO_HOLDS, type OpenHold } from '../../../ledger/holds.ts'
import { number, type Row } from '../../row-values.ts'
import { ACCOUNT_COLUMNS, accountFrom } from '../../rows.ts'
import { textArray } from './arrays.ts'

/** An account as it was in the database at one moment, with its open holds. Time alone makes some of those expire. */
export interface VersionedAccount extends Readonly<Account> {
  /** Grows with every change, also of its holds: the same version is the same account, to the cent. */
  readonly version: number
  /** The ledger's time when it was last changed. */
  readonly latestMs: number
}

export const VERSIONED_COLUMNS = `${ACCOUNT_COLUMNS}, version, latest_posting_ms`

/** Reads `VERSIONED_COLUMNS`. */
export function versionedAccountFrom(row: Row, openHolds: readonly OpenHold[] = NO_HOLDS): VersionedAccount {
  return {
    ...accountFrom(row),
    openHolds,
    version: number(row, 'version'),
    latestMs: number(row, 'latest_posting_ms'),
  }
}

/** The numbers as a parameter. None that is kept has a zero character, and the server refuses such a text. */
export function numberArray(numbers: Iterable<string>): string {
  return textArray([...numbers].filter((each) => !each.includes('\0')))
}
