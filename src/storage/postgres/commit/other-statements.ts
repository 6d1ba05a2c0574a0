import type { Account } from '../../../ledger/accounts.ts'
import { accountStatuses } from '../../../ledger/accounts.ts'
import { type Hold, holdStates } from '../../../ledger/holds.ts'
import { bytesArray, integerArray, textArray } from '../tables/arrays.ts'
import { type Decided, leftBy } from './decide-batch.ts'
import { realIdOf } from '../tables/provisional-ids.ts'
import type { Session } from '../connection/session.ts'
import type { FencingToken } from './writing-statement.ts'

/** What only some batches write, in the transaction of the locked way, each in a statement of its own. */

const OPEN_ACCOUNTS = `
  INSERT INTO accounts (id, number, balance, version, latest_posting_ms, name, opened_at_ms,
    withdrawn_day, withdrawn_amount, withdrawn_count)
  SELECT id, number, balance, version, $1::bigint, name, $1::bigint, day, amount, count
  FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::int[], $8::numeric[], $9::int[])
    AS new (id, number, balance, version, name, day, amount, count)`

/** Inserts the opened accounts as the batch leaves them, all but status and limits. */
export async function insertAccounts(session: Session, decided: Decided): Promise<void> {
  const { accounts, nowMs } = decided.books
  const opened = accounts.opened
    .map(({ account, name }) => ({ ...leftBy(decided, account), name }))
    // As other instances insert them too: two that open the same accounts do not wait for each other.
    .toSorted((left, right) => ((left.number ?? '') < (right.number ?? '') ? -1 : 1))
  await session.query(OPEN_ACCOUNTS, [
    nowMs,
    integerArray(opened.map(({ id }) => id)),
    textArray(opened.map(({ number }) => number)),
    integerArray(opened.map(({ balance }) => balance)),
    integerArray(opened.map(({ version }) => version)),
    textArray(opened.map(({ name }) => name)),
    integerArray(opened.map(({ withdrawn }) => withdrawn.day)),
    integerArray(opened.map(({ withdrawn }) => withdrawn.amount)),
    integerArray(opened.map(({ withdrawn }) => withdrawn.count)),
  ])
}

const ALTER_ACCOUNTS = `
  UPDATE accounts SET status = new.status, overdraft_limit = overdraft, withdrawal_limit = withdrawal,
    daily_amount_limit = daily_amount, daily_count_limit = daily_count
  FROM unnest($1::bigint[], $2::smallint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
    AS new (id, status, overdraft, withdrawal, daily_amount, daily_count)
  WHERE accounts.id = new.id`

/** Writes status and limits. The writing statement gives the accounts their next version. */
export async function alterAccounts(session: Session, accounts: Iterable<Account>): Promise<void> {
  const altered = [...accounts]
  const limits = altered.map((account) => account.limits)
  await session.query(ALTER_ACCOUNTS, [
    integerArray(altered.map(({ id }) => id)),
    integerArray(altered.map(({ status }) => accountStatuses.indexOf(status))),
    integerArray(limits.map(({ overdraft }) => overdraft)),
    integerArray(limits.map(({ withdrawal }) => withdrawal)),
    integerArray(limits.map(({ dailyAmount }) => dailyAmount)),
    integerArray(limits.map(({ dailyCount }) => dailyCount)),
  ])
}

/** The first posting's id is the one that the writing statement has left in the writer's row. */
const SAVE_HOLDS = `
  INSERT INTO holds (id, account_id, amount, reference, placed_at_ms, expires_at_ms, state, captured_amount,
    capture_posting_id)
  SELECT new.id, account_id, amount, reference, placed_at_ms, expires_at_ms, state, captured_amount,
    ${realIdOf('capture_id')}
  FROM writers, unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[],
    $8::smallint[], $9::bigint[], $10::bigint[])
    AS new (id, account_id, amount, reference, placed_at_ms, expires_at_ms, state, captured_amount, capture_id)
  WHERE writers.id = $1::uuid
  ON CONFLICT (id) DO UPDATE SET state = excluded.state, captured_amount = excluded.captured_amount,
    capture_posting_id = excluded.capture_posting_id`

/** Inserts or updates holds. To be sent after the writing statement. */
export async function saveHolds(
  session: Session,
  { writerId }: FencingToken,
  holds: Iterable<Hold>,
): Promise<void> {
  const changed = [...holds]
  await session.query(SAVE_HOLDS, [
    writerId,
    integerArray(changed.map(({ id }) => id)),
    integerArray(changed.map(({ accountId }) => accountId)),
    integerArray(changed.map(({ amount }) => amount)),
    textArray(changed.map(({ reference }) => reference)),
    integerArray(changed.map(({ placedAtMs }) => placedAtMs)),
    integerArray(changed.map(({ expiresAtMs }) => expiresAtMs)),
    integerArray(changed.map(({ state }) => holdStates.indexOf(state))),
    integerArray(changed.map(({ capturedAmount }) => capturedAmount)),
    integerArray(changed.map(({ capturePostingId }) => capturePostingId)),
  ])
}

/** Makes room under keys whose records are replaced. Their rows are locked. */
export async function deleteKeys(session: Session, digests: readonly string[]): Promise<void> {
  await session.query('DELETE FROM idempotency_keys WHERE digest = ANY ($1::bytea[])', [bytesArray(digests)])
}
