import type { KeyRecord } from '../../ledger/idempotency.ts'
import { storedFrom } from '../../ledger/kept-outcomes.ts'
import { type Posting, postingKinds } from '../../ledger/postings.ts'
import { number } from '../values.ts'
import { bytesArray, integerArray, textArray } from './arrays.ts'
import type { Decided } from './deciding.ts'
import { realIdOf } from './provisional-ids.ts'
import type { Parameter, Session } from './session.ts'

/** The place of a batch among those of its instance: it is carried out in this place or not at all. */
export interface Turn {
  readonly writerId: string
  /** How many batches the instance has committed before. */
  readonly batch: number
  /** How often the instance has connected: what an earlier connection has sent comes too late. */
  readonly epoch: number
}

/**
 * Writes a batch, or nothing of it. It is written only if every account is still of the version that it was decided
 * on and the turn is still the writer's.
 *
 * The order is held by the references: `turn` needs the count of `locked`, all else needs `turn`. Locking gives the
 * newest version of a row, waits for whoever is changing it, and keeps it until the commit. So a version that is
 * the expected one cannot change any more, and the rows of this statement's snapshot are the newest ones. The ids
 * are drawn after that: for every account they grow in the order of commits.
 *
 * A column of which a batch has nothing at all comes as an empty list, and is NULL in every row.
 */
const WRITE = `
  WITH expected AS (
    SELECT id, version FROM unnest($4::bigint[], $5::bigint[]) AS expected (id, version)
  ), locked AS (
    SELECT id, version FROM accounts WHERE id = ANY ($4::bigint[]) ORDER BY id FOR UPDATE
  ), turn AS (
    UPDATE writers SET batch = batch + 1, first_posting_id = nextval('posting_ids')
    WHERE id = $1::uuid AND batch = $2::bigint AND epoch = $3::bigint
      AND (SELECT count(*) FROM locked JOIN expected USING (id, version)) = cardinality($4::bigint[])
    RETURNING first_posting_id
  ), changed AS (
    UPDATE accounts SET balance = new.balance, version = accounts.version + 1, latest_posting_ms = $6::bigint,
      withdrawn_day = new.day, withdrawn_amount = new.amount, withdrawn_count = new.count
    FROM turn, unnest($7::bigint[], $8::bigint[], $9::int[], $10::numeric[], $11::int[])
      AS new (id, balance, day, amount, count)
    WHERE accounts.id = new.id
  ), posted AS (
    INSERT INTO postings
      (id, at_ms, kind, debit_account_id, credit_account_id, amount, debit_balance, credit_balance,
       reference, reversed_posting_id, hold_id)
    SELECT ${realIdOf('new_id')}, $6::bigint, kind, debit_id, credit_id, amount, debit_balance, credit_balance,
      reference, ${realIdOf('reversed_id')}, hold_id
    FROM turn, unnest($12::bigint[], $13::smallint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[],
      $18::bigint[], $19::text[], $20::bigint[], $21::bigint[])
      AS new (new_id, kind, debit_id, credit_id, amount, debit_balance, credit_balance,
        reference, reversed_id, hold_id)
  ), kept AS (
    INSERT INTO idempotency_keys (digest, fingerprint, at_ms, posting_id, reason, snapshot)
    SELECT digest, fingerprint, $6::bigint, ${realIdOf('kept_id')}, reason, snapshot
    FROM turn, unnest($22::bytea[], $23::bytea[], $24::bigint[], $25::text[], $26::text[])
      AS new (digest, fingerprint, kept_id, reason, snapshot)
  )
  SELECT first_posting_id FROM turn`

/**
 * Sends the writing statement; answers the id of the first posting, or undefined when nothing was written because
 * another instance has changed an account or the turn has passed.
 */
export async function write(session: Session, turn: Turn, decided: Decided): Promise<number | undefined> {
  const { books } = decided
  const [row] = await session.query(WRITE, [
    turn.writerId,
    turn.batch,
    turn.epoch,
    ...accountColumns(decided),
    ...postingColumns(books.postings),
    ...keyColumns(books.newKeyRecords),
  ])
  return row === undefined ? undefined : number(row, 'first_posting_id')
}

/** $4 to $11 */
function accountColumns({ books, read }: Decided): readonly Parameter[] {
  const changed = [...books.changedAccounts].filter(({ id }) => read.has(id))
  const expected = [...read.values()].filter(
    (account) => account.number !== undefined || changed.some(({ id }) => id === account.id),
  )
  return [
    integerArray(expected.map(({ id }) => id)),
    integerArray(expected.map(({ version }) => version)),
    books.nowMs,
    integerArray(changed.map(({ id }) => id)),
    integerArray(changed.map(({ balance }) => balance)),
    integerArray(changed.map(({ withdrawn }) => withdrawn.day)),
    integerArray(changed.map(({ withdrawn }) => withdrawn.amount)),
    integerArray(changed.map(({ withdrawn }) => withdrawn.count)),
  ]
}

/** $12 to $21 */
function postingColumns(postings: readonly Posting[]): readonly Parameter[] {
  const integers = (value: (posting: Posting) => number | bigint): string => integerArray(postings.map(value))
  return [
    integers(({ id }) => id),
    integers(({ kind }) => postingKinds.indexOf(kind)),
    integers(({ debitAccountId }) => debitAccountId),
    integers(({ creditAccountId }) => creditAccountId),
    integers(({ amount }) => amount),
    integers(({ debitBalance }) => debitBalance),
    integers(({ creditBalance }) => creditBalance),
    whereAny(
      postings.map(({ reference }) => reference),
      textArray,
    ),
    whereAny(
      postings.map(({ reversedPostingId }) => reversedPostingId),
      integerArray,
    ),
    whereAny(
      postings.map(({ holdId }) => holdId),
      integerArray,
    ),
  ]
}

/** $22 to $26 */
function keyColumns(records: readonly KeyRecord[]): readonly Parameter[] {
  // Instances that insert the same keys do it in one order, and so do not wait for each other.
  const sorted = records.toSorted((left, right) => (left.digest < right.digest ? -1 : 1))
  const stored = sorted.map(({ outcome }) => storedFrom(outcome))
  return [
    bytesArray(sorted.map(({ digest }) => digest)),
    bytesArray(sorted.map(({ fingerprint }) => fingerprint)),
    whereAny(
      stored.map(({ postingId }) => postingId),
      integerArray,
    ),
    whereAny(
      stored.map(({ reason }) => reason),
      textArray,
    ),
    whereAny(
      stored.map(({ snapshot }) => snapshot),
      textArray,
    ),
  ]
}

function whereAny<Value>(
  values: readonly (Value | undefined)[],
  list: (values: readonly (Value | undefined)[]) => string,
): string {
  return list(values.some((value) => value !== undefined) ? values : [])
}
