import type { Account } from '../../../ledger/accounts.ts'
import type { KeyRecord } from '../../../ledger/idempotency.ts'
import { encodeOutcome, type StoredOutcome } from '../../../ledger/outcome-codec.ts'
import { type Posting, postingKinds } from '../../../ledger/postings.ts'
import { numberOrUndefined } from '../../row-values.ts'
import { ConnectionLost } from '../connection/failures.ts'
import { bytesArray, integerArray, textArray } from '../tables/arrays.ts'
import type { Decided } from './decide-batch.ts'
import { FIRST_PROVISIONAL_ID, realIdOf } from '../tables/provisional-ids.ts'
import type { Parameter, Session } from '../connection/session.ts'

/** The place of a batch among those of its instance: it is carried out in this place or not at all. */
export interface FencingToken {
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
 * `more` is what only some batches need: without it the server has less to do for all others.
 */
function statement(more: (sql: string) => string): string {
  return `
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
    UPDATE accounts SET balance = new.balance, version = accounts.version + 1, latest_posting_ms = $6::bigint
      ${more(', withdrawn_day = new.day, withdrawn_amount = new.amount, withdrawn_count = new.count')}
    FROM turn, unnest($7::bigint[], $8::bigint[] ${more(', $20::int[], $21::numeric[], $22::int[]')})
      AS new (id, balance ${more(', day, amount, count')})
    WHERE accounts.id = new.id
  ), posted AS (
    INSERT INTO postings
      (id, at_ms, kind, debit_account_id, credit_account_id, amount, debit_balance, credit_balance
       ${more(', reference, reversed_posting_id, hold_id')})
    SELECT first_posting_id + new_id - ${FIRST_PROVISIONAL_ID}, $6::bigint, kind, debit_id, credit_id, amount,
      debit_balance, credit_balance ${more(`, reference, ${realIdOf('reversed_id')}, hold_id`)}
    FROM turn, unnest($9::bigint[], $10::smallint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[],
      $15::bigint[] ${more(', $23::text[], $24::bigint[], $25::bigint[]')})
      AS new (new_id, kind, debit_id, credit_id, amount, debit_balance, credit_balance
        ${more(', reference, reversed_id, hold_id')})
  ), kept AS (
    INSERT INTO idempotency_keys (digest, fingerprint, at_ms, posting_id, reason ${more(', snapshot')})
    SELECT digest, fingerprint, $6::bigint, ${realIdOf('kept_id')}, reason ${more(', snapshot')}
    FROM turn, unnest($16::bytea[], $17::bytea[], $18::bigint[], $19::text[] ${more(', $26::text[]')})
      AS new (digest, fingerprint, kept_id, reason ${more(', snapshot')})
  )
  SELECT (SELECT first_posting_id FROM turn) AS first_posting_id`
}

const WRITE = statement(() => '')

const WRITE_MORE = statement((sql) => sql)

/**
 * Sends the writing statement; answers the id of the first posting, or undefined when nothing was written because
 * another instance has changed an account or the turn has passed.
 */
export async function write(
  session: Session,
  turn: FencingToken,
  decided: Decided,
): Promise<number | undefined> {
  const { books, read } = decided
  const changed = [...books.accounts.changed].filter(({ id }) => read.has(id))
  const kept = encodedRecords(books.keys.saved)
  const parameters = [
    turn.writerId,
    turn.batch,
    turn.epoch,
    ...accountColumns(decided, changed),
    ...postingColumns(books.postings.added),
    ...keyColumns(kept),
  ]
  const hasMore =
    changed.some(({ id, withdrawn }) => withdrawn !== read.get(id)?.withdrawn) ||
    books.postings.added.some(hasLinks) ||
    kept.some(({ snapshot }) => snapshot !== undefined)
  const [row] = hasMore
    ? await session.query(WRITE_MORE, [...parameters, ...moreColumns(changed, books.postings.added, kept)])
    : await session.query(WRITE, parameters)
  if (row === undefined) throw new ConnectionLost('the server did not say whether it has written')
  return numberOrUndefined(row, 'first_posting_id')
}

type Kept = Pick<KeyRecord, 'digest' | 'fingerprint'> & StoredOutcome

function encodedRecords(records: readonly KeyRecord[]): readonly Kept[] {
  return (
    records
      .map(({ digest, fingerprint, outcome }) => ({ digest, fingerprint, ...encodeOutcome(outcome) }))
      // Instances that insert the same keys do it in one order, and so do not wait for each other.
      .toSorted((left, right) => (left.digest < right.digest ? -1 : 1))
  )
}

function hasLinks({ reference, reversedPostingId, holdId }: Posting): boolean {
  return reference !== undefined || reversedPostingId !== undefined || holdId !== undefined
}

/** $4 to $8 */
function accountColumns({ books, read }: Decided, changed: readonly Account[]): readonly Parameter[] {
  const expected = [...read.values()].filter(
    (account) => account.number !== undefined || changed.some(({ id }) => id === account.id),
  )
  return [
    integerArray(expected.map(({ id }) => id)),
    integerArray(expected.map(({ version }) => version)),
    books.nowMs,
    integerArray(changed.map(({ id }) => id)),
    integerArray(changed.map(({ balance }) => balance)),
  ]
}

/** $9 to $15 */
function postingColumns(postings: readonly Posting[]): readonly Parameter[] {
  const column = (value: (posting: Posting) => number | bigint): string => integerArray(postings.map(value))
  return [
    column(({ id }) => id),
    column(({ kind }) => postingKinds.indexOf(kind)),
    column(({ debitAccountId }) => debitAccountId),
    column(({ creditAccountId }) => creditAccountId),
    column(({ amount }) => amount),
    column(({ debitBalance }) => debitBalance),
    column(({ creditBalance }) => creditBalance),
  ]
}

/** $16 to $19 */
function keyColumns(kept: readonly Kept[]): readonly Parameter[] {
  return [
    bytesArray(kept.map(({ digest }) => digest)),
    bytesArray(kept.map(({ fingerprint }) => fingerprint)),
    integerArray(kept.map(({ postingId }) => postingId)),
    textArray(kept.map(({ reason }) => reason)),
  ]
}

/** $20 to $26 */
function moreColumns(
  changed: readonly Account[],
  postings: readonly Posting[],
  kept: readonly Kept[],
): readonly Parameter[] {
  return [
    integerArray(changed.map(({ withdrawn }) => withdrawn.day)),
    integerArray(changed.map(({ withdrawn }) => withdrawn.amount)),
    integerArray(changed.map(({ withdrawn }) => withdrawn.count)),
    textArray(postings.map(({ reference }) => reference)),
    integerArray(postings.map(({ reversedPostingId }) => reversedPostingId)),
    integerArray(postings.map(({ holdId }) => holdId)),
    textArray(kept.map(({ snapshot }) => snapshot)),
  ]
}
