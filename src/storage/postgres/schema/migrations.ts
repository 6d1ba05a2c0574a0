import { assertCurrentSchema, assertKnownSchema, type SchemaVersion } from '../../schema-version.ts'
import { StoreOpenError } from '../../store.ts'
import { number } from '../../row-values.ts'
import type { Session } from '../connection/session.ts'

/** The business day on which a store is migrated. */
export interface Today {
  /** See `businessDay`. */
  readonly day: number
  readonly fromMs: number
  readonly untilMs: number
}

/**
 * The way from an empty database to the current schema, one step a version. A step that has been released never
 * changes; a new schema is a new step.
 */
const migrations: readonly ((today: Today) => string)[] = [
  () => `
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

  -- The outcome stored under a key: the posting it made, or the reason it was declined for.
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
  ({ day, fromMs, untilMs }) => `
  -- status: 0 open, 1 frozen, 2 closed. A limit that is NULL is the deployment's. withdrawn_*: what was withdrawn on
  -- the latest day with withdrawals, in days since 1970; the amount of a day may pass 64 bits.
  ALTER TABLE accounts
    ADD COLUMN name TEXT,
    ADD COLUMN opened_at_ms BIGINT,
    ADD COLUMN status SMALLINT NOT NULL DEFAULT 0,
    ADD COLUMN overdraft_limit BIGINT,
    ADD COLUMN withdrawal_limit BIGINT,
    ADD COLUMN daily_amount_limit BIGINT,
    ADD COLUMN daily_count_limit BIGINT,
    ADD COLUMN withdrawn_day INT NOT NULL DEFAULT 0,
    ADD COLUMN withdrawn_amount NUMERIC NOT NULL DEFAULT 0,
    ADD COLUMN withdrawn_count INT NOT NULL DEFAULT 0;
  UPDATE accounts SET withdrawn_day = ${day}, withdrawn_amount = today.amount, withdrawn_count = today.count
  FROM (SELECT debit_account_id AS id, sum(amount) AS amount, count(*) AS count FROM postings
    WHERE kind = 2 AND at_ms >= ${fromMs} AND at_ms < ${untilMs} GROUP BY debit_account_id) AS today
  WHERE accounts.id = today.id;

  -- kind, further: 3 transfer, 4 capture, 5 reversal.
  ALTER TABLE postings
    ADD COLUMN reference TEXT,
    ADD COLUMN reversed_posting_id BIGINT,
    ADD COLUMN hold_id BIGINT;
  CREATE INDEX postings_by_reversed ON postings (reversed_posting_id) WHERE reversed_posting_id IS NOT NULL;

  -- state: 0 open, 1 captured, 2 released. A hold that has expired stays open here, and holds nothing.
  CREATE TABLE holds (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    reference TEXT,
    placed_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT,
    state SMALLINT NOT NULL,
    captured_amount BIGINT NOT NULL,
    capture_posting_id BIGINT
  );
  CREATE INDEX holds_open ON holds (account_id, expires_at_ms) WHERE state = 0;
  CREATE SEQUENCE hold_ids INCREMENT BY 1000;

  -- The outcome stored under a key: a posting, a snapshot of what was answered, both, or the reason it was declined for. That
  -- is no constraint any more, as reading one takes the server a noticeable part of a small batch; verify looks.
  ALTER TABLE idempotency_keys ADD COLUMN snapshot TEXT, DROP CONSTRAINT idempotency_keys_check;

  -- An account may be opened by two postings.
  ALTER SEQUENCE posting_ids INCREMENT BY 2000;

  -- An instance of an older version would write by rules that know no holds. It finds its row gone, and cannot make
  -- another one, as it names no version.
  DELETE FROM writers;
  ALTER TABLE writers ADD COLUMN store_version INT NOT NULL CHECK (store_version >= 2);
  `,
]

/** The schema that this version reads and writes. */
export const STORE_VERSION = migrations.length

const TABLES = "'mini_atm_store', 'accounts', 'postings', 'idempotency_keys', 'writers', 'holds'"

const SELECT_TABLES = `SELECT table_name FROM information_schema.tables
  WHERE table_schema = current_schema() AND table_name IN (${TABLES})`

/** One number for all versions. It ends with the transaction, so it also works behind a pooler. */
const LOCK = 'SELECT pg_advisory_xact_lock(5274310621)'

/** Brings the database to the current schema, in one transaction. Of several instances one does so, and others wait. */
export async function migrate(session: Session, today: Today): Promise<void> {
  if ((await readVersion(session)) === STORE_VERSION) return
  await session.query(`BEGIN ISOLATION LEVEL READ COMMITTED; ${LOCK}`)
  const version = await readVersion(session)
  if (version === 0)
    await session.query(
      'CREATE TABLE mini_atm_store (version INT NOT NULL); INSERT INTO mini_atm_store VALUES (0)',
    )
  for (const step of migrations.slice(version)) await session.query(step(today))
  await session.query(`UPDATE mini_atm_store SET version = ${STORE_VERSION}; COMMIT`)
}

/** Throws `StoreOpenError` unless the database has exactly the current schema: for readers, who must not migrate. */
export async function assertMigrated(session: Session): Promise<void> {
  assertCurrentSchema(schemaVersion(await readVersion(session)))
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
  assertKnownSchema(schemaVersion(version))
  return version
}

function schemaVersion(version: number): SchemaVersion {
  return { store: 'the database', version, newest: STORE_VERSION }
}
