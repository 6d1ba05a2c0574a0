import type { AccountBalance, StoredDetails } from '../../../ledger/accounts.ts'
import type { StoredHold } from '../../../ledger/holds.ts'
import type { Posting, ReversiblePosting } from '../../../ledger/postings.ts'
import type { StoreReads } from '../../store.ts'
import { NO_MACHINES } from './no-machines.ts'
import { number, numberOrUndefined, type Row, text, textOrUndefined } from '../../row-values.ts'
import {
  BALANCE_COLUMNS,
  balanceFrom,
  HOLD_COLUMNS,
  holdFrom,
  HOLDS,
  OPEN_HOLD_COLUMNS,
  postingFrom,
} from '../../rows.ts'
import { numberArray, VERSIONED_COLUMNS, versionedAccountFrom } from '../tables/accounts.ts'
import { integerArray } from '../tables/arrays.ts'
import { isOpenAt, openHoldsByAccount } from '../tables/holds.ts'
import { reversibleFrom, SELECT_REVERSIBLE } from '../tables/postings.ts'
import { HISTORY, LATEST_POSTING_AT } from './posting-search.ts'
import type { ReaderPool } from '../connection/reader-pool.ts'
import type { Parameter } from '../connection/session.ts'

const SELECT_BALANCES = `SELECT ${BALANCE_COLUMNS} FROM accounts WHERE number = ANY ($1::text[])`

/** A row for each open hold, and one for an account without: one statement sees one state of the books. */
function selectDetails(accounts: string): string {
  return `SELECT ${VERSIONED_COLUMNS}, name, opened_at_ms, ${OPEN_HOLD_COLUMNS} FROM ${accounts}
    LEFT JOIN holds ON holds.account_id = accounts.id AND ${isOpenAt('$1')}
    ORDER BY accounts.id, holds.id`
}

const SELECT_DETAILS = selectDetails('(SELECT * FROM accounts WHERE number = ANY ($2::text[])) AS accounts')

const SELECT_DETAILS_AFTER = selectDetails(`(SELECT * FROM accounts
  WHERE id > $2::bigint AND number IS NOT NULL ORDER BY id LIMIT $3::bigint) AS accounts`)

const SELECT_NUMBERS = 'SELECT id, number FROM accounts WHERE id = ANY ($1::bigint[]) AND number IS NOT NULL'

const SELECT_HOLD = `SELECT ${HOLD_COLUMNS}, holders.latest_posting_ms FROM ${HOLDS} WHERE holds.id = $1::bigint`

const IS_EMPTY = 'SELECT NOT EXISTS (SELECT 1 FROM accounts WHERE number IS NOT NULL) AS is_empty'

// A batch dates every account that it changes or opens; only a decline dates nothing but its key.
const LATEST_MS = `SELECT greatest(0, (SELECT max(latest_posting_ms) FROM accounts),
  (SELECT max(at_ms) FROM idempotency_keys)) AS latest_ms`

/** Reads the books as of the latest commit. Rejects with `StoreUnavailable`. */
export class PostgresReader implements StoreReads {
  readonly atm = NO_MACHINES
  readonly #pool: ReaderPool
  readonly #clock: () => number

  constructor(pool: ReaderPool, clock: () => number) {
    this.#pool = pool
    this.#clock = clock
  }

  async accounts(numbers: readonly string[]): Promise<readonly (AccountBalance | undefined)[]> {
    const rows = await this.#query(SELECT_BALANCES, [numberArray(new Set(numbers))])
    const found = new Map(rows.map(balanceFrom).map((account) => [account.number, account]))
    return numbers.map((each) => found.get(each))
  }

  async details(accountNumber: string): Promise<StoredDetails | undefined> {
    const [details] = await this.#details(SELECT_DETAILS, [numberArray([accountNumber])])
    return details
  }

  detailsAfter(afterId: number, limit: number): Promise<readonly StoredDetails[]> {
    return this.#details(SELECT_DETAILS_AFTER, [afterId, limit])
  }

  async accountNumbers(ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
    const rows = await this.#query(SELECT_NUMBERS, [integerArray(ids)])
    return new Map(rows.map((row) => [number(row, 'id'), text(row, 'number')]))
  }

  async hold(id: number): Promise<StoredHold | undefined> {
    const [row] = await this.#query(SELECT_HOLD, [id])
    if (row === undefined) return undefined
    const asOfMs = Math.max(this.#clock(), number(row, 'latest_posting_ms'))
    return { hold: holdFrom(row), asOfMs }
  }

  async posting(id: number): Promise<ReversiblePosting | undefined> {
    const [posting] = reversibleFrom(await this.#query(SELECT_REVERSIBLE, [integerArray([id])]), [id])
    return posting
  }

  async history(accountId: number, afterId: number, limit: number): Promise<readonly Posting[]> {
    return (await this.#query(HISTORY, [accountId, afterId, limit])).map(postingFrom)
  }

  async latestPostingAt(accountId: number, atMs: number): Promise<Posting | undefined> {
    const [row] = await this.#query(LATEST_POSTING_AT, [accountId, atMs])
    return row && postingFrom(row)
  }

  async isEmpty(): Promise<boolean> {
    const [row] = await this.#query(IS_EMPTY, [])
    return row?.['is_empty'] === true
  }

  async latestMs(): Promise<number> {
    const [row] = await this.#query(LATEST_MS, [])
    return row === undefined ? 0 : number(row, 'latest_ms')
  }

  #query(statement: string, parameters: readonly Parameter[]): Promise<readonly Row[]> {
    return this.#pool.read((session) => session.query(statement, parameters))
  }

  async #details(statement: string, parameters: readonly Parameter[]): Promise<readonly StoredDetails[]> {
    const nowMs = this.#clock()
    const rows = await this.#query(statement, [nowMs, ...parameters])
    const openHolds = openHoldsByAccount(rows)
    const firstRows = new Map(rows.toReversed().map((row) => [number(row, 'id'), row]))
    return [...firstRows].toReversed().map(([id, row]) => ({
      account: versionedAccountFrom(row, openHolds.get(id)),
      name: textOrUndefined(row, 'name'),
      openedAtMs: numberOrUndefined(row, 'opened_at_ms'),
      asOfMs: Math.max(nowMs, number(row, 'latest_posting_ms')),
    }))
  }
}
