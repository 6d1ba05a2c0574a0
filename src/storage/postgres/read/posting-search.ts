import { POSTING_COLUMNS } from '../../rows.ts'

/**
 * Reads one side of an account's history from its own index, which leaves out cash drawers and openings. With
 * `debit_account_id = $1` the server could go through the postings of all accounts in the order of ids instead, where
 * it takes an account for a busy one; with the same condition as a range it cannot.
 */
function sideOf(column: 'debit_account_id' | 'credit_account_id', columns: string, range: Range): string {
  const { from, limit, isBackwards = false } = range
  const direction = isBackwards ? 'DESC' : 'ASC'
  return `(SELECT ${columns} FROM postings
    WHERE ${column} > 8 AND kind > 0 AND (${column}, id) >= ($1::bigint, ${from}) AND ${column} <= $1::bigint
    ORDER BY ${column} ${direction}, id ${direction} LIMIT ${limit})`
}

interface Range {
  /** The first id, in SQL. */
  readonly from: string
  readonly limit: string
  readonly isBackwards?: boolean
}

function bothSides(columns: string, range: Range): string {
  return `${sideOf('debit_account_id', columns, range)}
    UNION ALL
    ${sideOf('credit_account_id', columns, range)}`
}

/** The account's postings with ids above `$2`, oldest first, `$3` at most. */
export const HISTORY = `SELECT * FROM (
    ${bothSides(POSTING_COLUMNS, { from: '$2::bigint + 1', limit: '$3::bigint' })}
  ) AS both_sides ORDER BY id LIMIT $3::bigint`

/**
 * The account's latest posting that is dated at or before `$2`. Halves the range of ids until one is left: `low` is a
 * posting of the account that is dated in time, or 0; from `high` on none is. As an account's postings are dated in the
 * order of their ids, the first one at or after the middle shows on which side to go on. Each step looks into each index
 * once, and there are as many as the largest id has bits.
 */
export const LATEST_POSTING_AT = `WITH RECURSIVE search (low, high) AS (
    SELECT 0::bigint, 1 + max(id) FROM (
      ${bothSides('id', { from: '0', limit: '1', isBackwards: true })}
    ) AS latest
    UNION ALL
    SELECT CASE WHEN found.at_ms <= $2::bigint THEN found.id ELSE low END,
      CASE WHEN found.at_ms <= $2::bigint THEN high ELSE middle END
    FROM search
      CROSS JOIN LATERAL (SELECT low + (high - low + 1) / 2 AS middle) AS halved
      LEFT JOIN LATERAL (
        ${bothSides('id, at_ms', { from: 'middle', limit: '1' })}
        ORDER BY id LIMIT 1
      ) AS found ON true
    WHERE high - low > 1
  )
  SELECT ${POSTING_COLUMNS} FROM postings WHERE id = (SELECT max(low) FROM search)`
