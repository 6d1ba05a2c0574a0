import { StoreOpenError } from '../../ledger/store.ts'
import { number } from '../values.ts'
import { codeOf, failureFrom } from './failures.ts'
import type { Session } from './session.ts'

/**
 * The way from an empty database to the newest shape, one step a version. A step that has been released never
 * changes; a new shape is a new step.
 */
const migrations: readonly string[] = [
  `
  -- An account without a number is one of the bank's cash drawers. Rows leave room on their page for the next
  -- version of themselves, so that a change of balance touches no index.
  CREATE TABLE accounts (
    id BIGINT PRIMARY KEY,
    number TEXT UNIQUE,
    balance BIGINT NOT NULL,
    version BIGINT NOT NULL,
    latest_posting_ms BIGINT NOT NULL
  ) WITH (fillfactor = 70);

  -- kind: 0 opening, 1 deposit, 2 withdraw. Amounts and balances are cents.
  CREATE TABLE postings (
    id BIGINT PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    debit_account_id BIGINT NOT NULL,
    credit_account_id BIGINT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    debit_balance BIGINT NOT NULL,
    credit_balance BIGINT NOT NULL
  );

  -- The histories of customers: cash drawers have the ids 1 to 8, and openings are no part of a history.
  CREATE INDEX postings_of_debited ON postings (debit_account_id, id) WHERE debit_account_id > 8 AND kind > 0;
  CREATE INDEX postings_of_credited ON postings (credit_account_id, id) WHERE credit_account_id > 8 AND kind > 0;

  -- The outcome kept under a key: the posting it made, or the reason it was declined for.
  CREATE TABLE idempotency_keys (
    digest BYTEA PRIMARY KEY,
    fingerprint BYTEA NOT NULL,
    at_ms BIGINT NOT NULL,
    posting_id BIGINT,
    reason TEXT,
    CHECK ((posting_id IS NULL) <> (reason IS NULL))
  );
  CREATE INDEX idempotency_keys_by_age ON idempotency_keys (at_ms);

  -- One row an instance: how many batches it has committed, the first posting id of the latest one, and how often
  -- it has connected. It tells what became of a batch whose answer was lost, and keeps a late statement out.
  CREATE TABLE writers (
    id UUID PRIMARY KEY,
    batch BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    first_posting_id BIGINT NOT NULL
  ) WITH (fillfactor = 50);

  -- Both are drawn once a batch, for a block of ids.
  CREATE SEQUENCE posting_ids INCREMENT BY 1000;
  CREATE SEQUENCE account_ids INCREMENT BY 1000 START WITH 9;

  INSERT INTO accounts (id, number, balance, version, latest_posting_ms)
  VALUES (1, NULL, 0, 0, 0), (2, NULL, 0, 0, 0), (3, NULL, 0, 0, 0), (4, NULL, 0, 0, 0),
         (5, NULL, 0, 0, 0), (6, NULL, 0, 0, 0), (7, NULL, 0, 0, 0), (8, NULL, 0, 0, 0);
  `,
]

const TABLES = "'mini_atm_store', 'accounts', 'postings', 'idempotency_keys', 'writers'"

const SELECT_TABLES = `SELECT table_name FROM information_schema.tables
  WHERE table_schema = current_schema() AND table_name IN (${TABLES})`

/**
 * Brings the database to the newest shape, one step a transaction. Several instances may do so at once: each step
 * begins with a statement that only one of them can carry out, so that the others wait, fail and look again. That
 * needs no advisory lock, which not every database that speaks PostgreSQL's language has.
 */
export async function migrate(session: Session): Promise<void> {
  for (;;) {
    const version = await readVersion(session)
    const step = migrations[version]
    if (step === undefined) return
    const claim =
      version === 0
        ? 'CREATE TABLE mini_atm_store (version INT NOT NULL); INSERT INTO mini_atm_store VALUES (1)'
        : // Divides by zero when another instance was quicker.
          `WITH claimed AS (UPDATE mini_atm_store SET version = ${version + 1} WHERE version = ${version} RETURNING version)
           SELECT 1 / count(*) FROM claimed`
    try {
      await session.query(`BEGIN; ${claim}; ${step}; COMMIT`)
    } catch (error) {
      if (!session.isLost) await session.query('ROLLBACK')
      if (!wasQuicker(error)) throw error
    }
  }
}

/** Throws `StoreOpenError` unless the database has exactly the newest shape: for readers, who must not migrate. */
export async function requireNewestShape(session: Session): Promise<void> {
  if ((await readVersion(session)) !== migrations.length)
    throw new StoreOpenError('the database is not a store of this version; start the service on it once')
}

/** 0 for a database without a store. Throws `StoreOpenError` where the tables are not ours or too new. */
async function readVersion(session: Session): Promise<number> {
  const tables = (await session.query(SELECT_TABLES)).map((row) => row['table_name'])
  if (tables.length === 0) return 0
  if (!tables.includes('mini_atm_store')) {
    throw new StoreOpenError(
      `the database has a table ${String(tables[0])} of another program; give --store another database`,
    )
  }
  const [row] = await session.query('SELECT version FROM mini_atm_store')
  const version = row === undefined ? 0 : number(row, 'version')
  if (version > migrations.length) {
    throw new StoreOpenError(
      `the database was written by a newer version of this program (store version ${version}, this one knows ${migrations.length}); run that version`,
    )
  }
  return version
}

/** Whether another instance has done the step: its table or type is there, or it has moved the version on. */
function wasQuicker(error: unknown): boolean {
  const failure = failureFrom(error)
  return (
    failure === 'duplicate' ||
    failure === 'conflict' ||
    ['42P07', '42710', '22012'].includes(codeOf(error) ?? '')
  )
}
