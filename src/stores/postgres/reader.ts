import type { Account, Posting } from '../../ledger/postings.ts'
import { ACCOUNT_COLUMNS, accountFrom, numberArray } from './loading.ts'
import { POSTING_COLUMNS, postingFrom } from './posting-rows.ts'
import type { ReaderPool } from './reader-pool.ts'

const SELECT_ACCOUNTS = `SELECT ${ACCOUNT_COLUMNS} FROM accounts
  WHERE number = ANY ($1::text[])`

// Each side from its own index, in the order of ids; the conditions on 8 and 0 are those of the indexes.
const SELECT_HISTORY = `SELECT * FROM (
    (SELECT ${POSTING_COLUMNS} FROM postings
      WHERE debit_account_id = $1::bigint AND debit_account_id > 8 AND kind > 0 AND id > $2::bigint
      ORDER BY debit_account_id, id LIMIT $3::bigint)
    UNION ALL
    (SELECT ${POSTING_COLUMNS} FROM postings
      WHERE credit_account_id = $1::bigint AND credit_account_id > 8 AND kind > 0 AND id > $2::bigint
      ORDER BY credit_account_id, id LIMIT $3::bigint)
  ) AS both_sides ORDER BY id LIMIT $3::bigint`

const IS_EMPTY = 'SELECT NOT EXISTS (SELECT 1 FROM accounts WHERE number IS NOT NULL) AS is_empty'

/** Answers what is asked of the books, as of the latest commit. Rejects with `StoreUnavailable`. */
export class PostgresReader {
  readonly #pool: ReaderPool

  constructor(pool: ReaderPool) {
    this.#pool = pool
  }

  async accounts(numbers: readonly string[]): Promise<readonly (Account | undefined)[]> {
    const rows = await this.#pool.read((session) =>
      session.query(SELECT_ACCOUNTS, [numberArray(new Set(numbers))]),
    )
    const found = new Map<string | undefined, Account>()
    for (const { id, number, balance } of rows.map(accountFrom)) found.set(number, { id, number, balance })
    return numbers.map((number) => found.get(number))
  }

  async history(accountId: number, afterId: number, limit: number): Promise<readonly Posting[]> {
    const rows = await this.#pool.read((session) =>
      session.query(SELECT_HISTORY, [accountId, afterId, limit]),
    )
    return rows.map(postingFrom)
  }

  async isEmpty(): Promise<boolean> {
    const [row] = await this.#pool.read((session) => session.query(IS_EMPTY))
    return row?.['is_empty'] === true
  }
}
