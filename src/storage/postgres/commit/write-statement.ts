import { isCashDrawer } from '../../../ledger/cash-drawers.ts'
import { encodeOutcome } from '../../../ledger/outcome-codec.ts'
import { postingKinds } from '../../../ledger/postings.ts'
import { numberOrUndefined } from '../../row-values.ts'
import { ConnectionLost } from '../connection/failures.ts'
import type { Parameter, Session } from '../connection/session.ts'
import { bytesArray, integerArray, textArray } from '../tables/arrays.ts'
import { FIRST_PROVISIONAL_ID, realIdOf } from '../tables/postings.ts'
import type { Decided } from './decide-batch.ts'
import type { FencingToken } from './writer-connection.ts'

/**
 * Writes a batch, or nothing of it. It is written only if every account is still of the version that it was decided
 * on and the fencing token is still the current one.
 *
 * The order is held by the references: `current` needs the count of `locked`, all else needs `current`. Locking gives
 * the newest version of a row, waits for a transaction that is changing it, and lasts until the commit. So a version that is the
 * expected one cannot change any more, and the rows of this statement's snapshot are the newest ones. The ids are drawn
 * after that: for every account they grow in the order of commits.
 *
 * Arrays of what few batches have are empty where none of their values is needed: `unnest` fills up with NULL.
 */
const WRITE = `
  WITH expected AS (
    SELECT id, version FROM unnest($4::bigint[], $5::bigint[]) AS expected (id, version)
  ), locked AS (
    SELECT id, version FROM accounts WHERE id = ANY ($4::bigint[]) ORDER BY id FOR UPDATE
  ), current AS (
    UPDATE writers SET batch = batch + 1, first_posting_id = nextval('posting_ids')
    WHERE id = $1::uuid AND batch = $2::bigint AND epoch = $3::bigint
      AND (SELECT count(*) FROM locked JOIN expected USING (id, version)) = cardinality($4::bigint[])
    RETURNING first_posting_id
  ), changed AS (
    UPDATE accounts SET balance = new.balance, version = accounts.version + 1, latest_posting_ms = $6::bigint,
      withdrawn_day = coalesce(day, withdrawn_day), withdrawn_amount = coalesce(amount, withdrawn_amount),
      withdrawn_count = coalesce(count, withdrawn_count)
    FROM current, unnest($7::bigint[], $8::bigint[], $9::int[], $10::numeric[], $11::int[])
      AS new (id, balance, day, amount, count)
    WHERE accounts.id = new.id
  ), posted AS (
    INSERT INTO postings
      (id, at_ms, kind, debit_account_id, credit_account_id, amount, debit_balance, credit_balance,
       reference, reversed_posting_id, hold_id)
    SELECT first_posting_id + new_id - ${FIRST_PROVISIONAL_ID}, $6::bigint, kind, debit_id, credit_id, amount,
      debit_balance, credit_balance, reference, ${realIdOf('reversed_id')}, hold_id
    FROM current, unnest($12::bigint[], $13::smallint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[],
      $18::bigint[], $19::text[], $20::bigint[], $21::bigint[])
      AS new (new_id, kind, debit_id, credit_id, amount, debit_balance, credit_balance, reference, reversed_id, hold_id)
  ), saved AS (
    INSERT INTO idempotency_keys (digest, fingerprint, at_ms, posting_id, reason, snapshot)
    SELECT digest, fingerprint, $6::bigint, ${realIdOf('made_id')}, reason, snapshot
    FROM current, unnest($22::bytea[], $23::bytea[], $24::bigint[], $25::text[], $26::text[])
      AS new (digest, fingerprint, made_id, reason, snapshot)
  )
  SELECT (SELECT first_posting_id FROM current) AS first_posting_id`

/**
 * Sends the writing statement; answers the id of the first posting, or undefined when nothing was written because
 * another instance has changed an account or the token is not the current one.
 */
export async function write(
  session: Session,
  token: FencingToken,
  decided: Decided,
): Promise<number | undefined> {
  const [row] = await session.query(WRITE, [
    token.writerId,
    token.batch,
    token.epoch,
    ...accountColumns(decided),
    ...postingColumns(decided),
    ...keyColumns(decided),
  ])
  if (row === undefined) throw new ConnectionLost('the server did not answer whether it has written')
  return numberOrUndefined(row, 'first_posting_id')
}

/** $4 to $11 */
function accountColumns({ state, read }: Decided): readonly Parameter[] {
  const changed = [...state.accounts.changed].filter(({ id }) => read.has(id))
  const changedIds = new Set(changed.map(({ id }) => id))
  const expected = [...read.values()].filter(({ id }) => !isCashDrawer(id) || changedIds.has(id))
  const withdrawn = changed.some((account) => account.withdrawn !== read.get(account.id)?.withdrawn)
    ? changed.map((account) => account.withdrawn)
    : []
  return [
    integerArray(expected.map(({ id }) => id)),
    integerArray(expected.map(({ version }) => version)),
    state.nowMs,
    integerArray(changed.map(({ id }) => id)),
    integerArray(changed.map(({ balance }) => balance)),
    integerArray(withdrawn.map(({ day }) => day)),
    integerArray(withdrawn.map(({ amount }) => amount)),
    integerArray(withdrawn.map(({ count }) => count)),
  ]
}

/** $12 to $21 */
function postingColumns({ state }: Decided): readonly Parameter[] {
  const { added } = state.postings
  return [
    integerArray(added.map(({ id }) => id)),
    integerArray(added.map(({ kind }) => postingKinds.indexOf(kind))),
    integerArray(added.map(({ debitAccountId }) => debitAccountId)),
    integerArray(added.map(({ creditAccountId }) => creditAccountId)),
    integerArray(added.map(({ amount }) => amount)),
    integerArray(added.map(({ debitBalance }) => debitBalance)),
    integerArray(added.map(({ creditBalance }) => creditBalance)),
    textArray(orNone(added.map(({ reference }) => reference))),
    integerArray(orNone(added.map(({ reversedPostingId }) => reversedPostingId))),
    integerArray(orNone(added.map(({ holdId }) => holdId))),
  ]
}

/** $22 to $26 */
function keyColumns({ state }: Decided): readonly Parameter[] {
  // Instances that insert the same keys do it in one order, and so do not wait for each other.
  const saved = state.keys.saved.toSorted((left, right) => (left.digest < right.digest ? -1 : 1))
  const stored = saved.map(({ outcome }) => encodeOutcome(outcome))
  return [
    bytesArray(saved.map(({ digest }) => digest)),
    bytesArray(saved.map(({ fingerprint }) => fingerprint)),
    integerArray(stored.map(({ postingId }) => postingId)),
    textArray(orNone(stored.map(({ reason }) => reason))),
    textArray(orNone(stored.map(({ snapshot }) => snapshot))),
  ]
}

/** No values at all where each is undefined. */
function orNone<Value>(values: readonly (Value | undefined)[]): readonly (Value | undefined)[] {
  return values.some((value) => value !== undefined) ? values : []
}
