import { type Posting, postingKinds } from '../../ledger/postings.ts'
import { number } from '../values.ts'
import { bytesArray, integerArray, textArray } from './arrays.ts'
import type { Decided } from './deciding.ts'
import type { VersionedAccount } from './remembered-accounts.ts'
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
    UPDATE accounts SET balance = new.balance, version = accounts.version + 1, latest_posting_ms = $6::bigint
    FROM turn, unnest($7::bigint[], $8::bigint[]) AS new (id, balance)
    WHERE accounts.id = new.id
  ), posted AS (
    INSERT INTO postings
      (id, at_ms, kind, debit_account_id, credit_account_id, amount, debit_balance, credit_balance)
    SELECT first_posting_id + provisional_id - 1, $6::bigint, kind, debit_id, credit_id, amount, debit_balance, credit_balance
    FROM turn, unnest($9::bigint[], $10::smallint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[],
      $15::bigint[]) AS new (provisional_id, kind, debit_id, credit_id, amount, debit_balance, credit_balance)
  ), kept AS (
    INSERT INTO idempotency_keys (digest, fingerprint, at_ms, posting_id, reason)
    SELECT digest, fingerprint, $6::bigint, first_posting_id + provisional_id - 1, reason
    FROM turn, unnest($16::bytea[], $17::bytea[], $18::bigint[], $19::text[])
      AS new (digest, fingerprint, provisional_id, reason)
  )
  SELECT first_posting_id FROM turn`

/**
 * Sends the writing statement; answers the id of the first posting, or undefined when nothing was written because
 * another instance has changed an account or the turn has passed.
 */
export async function write(session: Session, turn: Turn, decided: Decided): Promise<number | undefined> {
  const [row] = await session.query(WRITE, parametersOf(turn, decided))
  return row === undefined ? undefined : number(row, 'first_posting_id')
}

function parametersOf({ writerId, batch, epoch }: Turn, { books, read }: Decided): readonly Parameter[] {
  const changed = [...books.changedAccounts].filter(({ id }) => read.has(id))
  const expected = [...read.values()].filter(
    (account) => account.number !== undefined || changed.some(({ id }) => id === account.id),
  )
  const column = (value: (posting: Posting) => number | bigint): string =>
    integerArray(books.postings.map(value))
  // Instances that insert the same keys do it in one order, and so do not wait for each other.
  const keyRecords = books.newKeyRecords.toSorted((left, right) => (left.digest < right.digest ? -1 : 1))
  const outcomes = keyRecords.map(({ outcome }) => outcome)
  return [
    writerId,
    batch,
    epoch,
    integerArray(expected.map(({ id }) => id)),
    integerArray(expected.map(({ version }) => version)),
    books.nowMs,
    integerArray(changed.map(({ id }) => id)),
    integerArray(changed.map(({ balance }) => balance)),
    column(({ id }) => id),
    column(({ kind }) => postingKinds.indexOf(kind)),
    column(({ debitAccountId }) => debitAccountId),
    column(({ creditAccountId }) => creditAccountId),
    column(({ amount }) => amount),
    column(({ debitBalance }) => debitBalance),
    column(({ creditBalance }) => creditBalance),
    bytesArray(keyRecords.map(({ digest }) => digest)),
    bytesArray(keyRecords.map(({ fingerprint }) => fingerprint)),
    integerArray(outcomes.map((outcome) => (outcome.status === 'posted' ? outcome.posting.id : undefined))),
    textArray(outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : undefined))),
  ]
}

const OPEN_ACCOUNTS = `
  INSERT INTO accounts (id, number, balance, version, latest_posting_ms)
  SELECT id, number, balance, version, latest_ms
  FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
    AS new (id, number, balance, version, latest_ms)`

/** Inserts accounts as the batch that opens them leaves them. */
export async function insertAccounts(session: Session, accounts: readonly VersionedAccount[]): Promise<void> {
  const sorted = accounts.toSorted((left, right) => ((left.number ?? '') < (right.number ?? '') ? -1 : 1))
  await session.query(OPEN_ACCOUNTS, [
    integerArray(sorted.map(({ id }) => id)),
    textArray(sorted.map(({ number: accountNumber }) => accountNumber)),
    integerArray(sorted.map(({ balance }) => balance)),
    integerArray(sorted.map(({ version }) => version)),
    integerArray(sorted.map(({ latestMs }) => latestMs)),
  ])
}

/** Makes room under keys whose records have expired. Their rows are locked. */
export async function deleteKeys(session: Session, digests: readonly string[]): Promise<void> {
  await session.query('DELETE FROM idempotency_keys WHERE digest = ANY ($1::bytea[])', [bytesArray(digests)])
}
