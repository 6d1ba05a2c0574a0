import type { Posting } from '../../ledger/postings.ts'
import { POSTING_COLUMNS, postingFrom } from './posting-rows.ts'
import type { Session } from './session.ts'

/** The conditions of the two indexes of histories, which leave out cash drawers and openings. */
const SIDES = {
  debit: 'debit_account_id = $1::bigint AND debit_account_id > 8 AND kind > 0',
  credit: 'credit_account_id = $1::bigint AND credit_account_id > 8 AND kind > 0',
}

// Each side from its own index, in the order of ids.
const HISTORY = `SELECT * FROM (
    (SELECT ${POSTING_COLUMNS} FROM postings
      WHERE ${SIDES.debit} AND id > $2::bigint ORDER BY debit_account_id, id LIMIT $3::bigint)
    UNION ALL
    (SELECT ${POSTING_COLUMNS} FROM postings
      WHERE ${SIDES.credit} AND id > $2::bigint ORDER BY credit_account_id, id LIMIT $3::bigint)
  ) AS both_sides ORDER BY id LIMIT $3::bigint`

/** The account's postings with ids above `afterId`, oldest first, `limit` at most. */
export async function readHistory(
  session: Session,
  accountId: number,
  afterId: number,
  limit: number,
): Promise<readonly Posting[]> {
  const rows = await session.query(HISTORY, [accountId, afterId, limit])
  return rows.map(postingFrom)
}

/**
 * Halves the range of ids until one is left. `low` is a posting of the account that is dated in time, or 0; from
 * `high` on none is. As an account's postings are dated in the order of their ids, the first one at or after the middle
 * tells on which side to go on. Each step asks each index once, and there are as many as the largest id has bits.
 */
export const LATEST_POSTING_AT = `WITH RECURSIVE search (low, high) AS (
    SELECT 0::bigint, 1 + greatest(
      (SELECT id FROM postings WHERE ${SIDES.debit} ORDER BY debit_account_id DESC, id DESC LIMIT 1),
      (SELECT id FROM postings WHERE ${SIDES.credit} ORDER BY credit_account_id DESC, id DESC LIMIT 1))
    UNION ALL
    SELECT CASE WHEN found.at_ms <= $2::bigint THEN found.id ELSE low END,
      CASE WHEN found.at_ms <= $2::bigint THEN high ELSE middle END
    FROM search
      CROSS JOIN LATERAL (SELECT low + (high - low + 1) / 2 AS middle) AS halved
      LEFT JOIN LATERAL (
        (SELECT id, at_ms FROM postings WHERE ${SIDES.debit} AND id >= middle ORDER BY debit_account_id, id LIMIT 1)
        UNION ALL
        (SELECT id, at_ms FROM postings WHERE ${SIDES.credit} AND id >= middle ORDER BY credit_account_id, id LIMIT 1)
        ORDER BY id LIMIT 1
      ) AS found ON true
    WHERE high - low > 1
  )
  SELECT ${POSTING_COLUMNS} FROM postings WHERE id = (SELECT max(low) FROM search)`

/** The latest posting in the account's history that is dated at or before `atMs`. */
export async function findLatestPostingAt(
  session: Session,
  accountId: number,
  atMs: number,
): Promise<Posting | undefined> {
  const [row] = await session.query(LATEST_POSTING_AT, [accountId, atMs])
  return row && postingFrom(row)
}
