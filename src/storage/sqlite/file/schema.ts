import { DatabaseSync } from 'node:sqlite'
import { businessDay, DEFAULT_TIME_ZONE, startOfDay } from '../../../ledger/business-day.ts'
import { integer, number, text } from '../../row-values.ts'
import { assertCurrentSchema, assertKnownSchema } from '../../schema-version.ts'
import { StoreOpenError } from '../../store.ts'
import { ATM_TABLES } from '../atm/atm-schema.ts'
import { pragma, prepare } from '../tables/statements.ts'
import { addChecksums, defineChecksum } from '../tables/checksums.ts'
import { PostingTable } from '../tables/posting-table.ts'

/** Marks a file as one of ours: the letters `ATM1`. */
const APPLICATION_ID = 0x41544d31

/**
 * From an empty file to the newest schema, one step a version. A step that has been released never changes; a new
 * schema is a new step.
 */
const migrations: readonly string[] = [
  `
  -- An account without a number is one of the bank's cash drawers.
  -- recent_postings and history_pages list the postings of an account, oldest first, as 6-byte ids: the newest
  -- few stand with the balance, which is written anyway, and every few dozen move to a page of their own.
  CREATE TABLE accounts (
    id INTEGER PRIMARY KEY,
    number TEXT UNIQUE,
    balance INTEGER NOT NULL,
    recent_postings BLOB NOT NULL
  ) STRICT;

  CREATE TABLE history_pages (
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    last_posting_id INTEGER NOT NULL REFERENCES postings (id),
    postings BLOB NOT NULL,
    PRIMARY KEY (account_id, last_posting_id)
  ) STRICT, WITHOUT ROWID;

  -- kind: 0 opening, 1 deposit, 2 withdraw. Amounts and balances are cents.
  CREATE TABLE postings (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    debit_account_id INTEGER NOT NULL REFERENCES accounts (id),
    credit_account_id INTEGER NOT NULL REFERENCES accounts (id),
    amount INTEGER NOT NULL CHECK (amount > 0),
    debit_balance INTEGER NOT NULL,
    credit_balance INTEGER NOT NULL
  ) STRICT;

  -- The outcome of a key: the posting it made, or the reason it was declined for.
  CREATE TABLE idempotency_keys (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    digest BLOB NOT NULL,
    fingerprint BLOB NOT NULL,
    posting_id INTEGER REFERENCES postings (id),
    reason TEXT,
    CHECK ((posting_id IS NULL) <> (reason IS NULL))
  ) STRICT;

  INSERT INTO accounts (id, number, balance, recent_postings)
  VALUES (1, NULL, 0, x''), (2, NULL, 0, x''), (3, NULL, 0, x''), (4, NULL, 0, x''),
         (5, NULL, 0, x''), (6, NULL, 0, x''), (7, NULL, 0, x''), (8, NULL, 0, x'');
  `,
  `
  -- The postings up to posting_id are written back to the rows of the accounts; of those after it, an account's row has
  -- the ones up to its latest_posting_id.
  CREATE TABLE folded_up_to (posting_id INTEGER NOT NULL) STRICT;
  INSERT INTO folded_up_to SELECT coalesce(max(id), 0) FROM postings;
  ALTER TABLE accounts ADD COLUMN latest_posting_id INTEGER NOT NULL DEFAULT 0;
  `,
  `
  -- More kinds: 3 transfer, 4 capture, 5 reversal. The amount stands in the index so that a sum is read from it alone.
  ALTER TABLE postings ADD COLUMN reference TEXT;
  ALTER TABLE postings ADD COLUMN reversed_posting_id INTEGER REFERENCES postings (id);
  ALTER TABLE postings ADD COLUMN hold_id INTEGER REFERENCES holds (id);
  CREATE INDEX reversals ON postings (reversed_posting_id, amount) WHERE reversed_posting_id IS NOT NULL;

  -- status: 0 open, 1 frozen, 2 closed. A limit of NULL is that of the deployment.
  -- What was withdrawn on the latest day with withdrawals is written back with the balance. Its amount is text, as it may
  -- take more than 64 bits.
  ALTER TABLE accounts ADD COLUMN name TEXT;
  ALTER TABLE accounts ADD COLUMN opened_at_ms INTEGER;
  ALTER TABLE accounts ADD COLUMN status INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE accounts ADD COLUMN overdraft_limit INTEGER;
  ALTER TABLE accounts ADD COLUMN withdrawal_limit INTEGER;
  ALTER TABLE accounts ADD COLUMN daily_amount_limit INTEGER;
  ALTER TABLE accounts ADD COLUMN daily_count_limit INTEGER;
  ALTER TABLE accounts ADD COLUMN withdrawn_day INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE accounts ADD COLUMN withdrawn_amount TEXT NOT NULL DEFAULT '0';
  ALTER TABLE accounts ADD COLUMN withdrawn_count INTEGER NOT NULL DEFAULT 0;

  -- state: 0 open, 1 captured, 2 released. One that expires stays open here, so the index is by the time of expiry.
  CREATE TABLE holds (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    amount INTEGER NOT NULL CHECK (amount > 0),
    reference TEXT,
    placed_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER,
    state INTEGER NOT NULL,
    captured_amount INTEGER NOT NULL,
    capture_posting_id INTEGER REFERENCES postings (id)
  ) STRICT;
  CREATE INDEX open_holds ON holds (expires_at_ms) WHERE state = 0;

  -- The outcome of a key: the posting it made, a snapshot of what was answered, both, or the reason it was declined for.
  -- The rows are copied, as the constraint of a table cannot be changed.
  CREATE TABLE new_idempotency_keys (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    digest BLOB NOT NULL,
    fingerprint BLOB NOT NULL,
    posting_id INTEGER REFERENCES postings (id),
    reason TEXT,
    snapshot TEXT,
    CHECK ((reason IS NULL) <> (posting_id IS NULL AND snapshot IS NULL))
  ) STRICT;
  INSERT INTO new_idempotency_keys (id, at_ms, digest, fingerprint, posting_id, reason)
  SELECT id, at_ms, digest, fingerprint, posting_id, reason FROM idempotency_keys ORDER BY id;
  DROP TABLE idempotency_keys;
  ALTER TABLE new_idempotency_keys RENAME TO idempotency_keys;
  `,
  `
  -- Tells a damaged row from one that was written so, see CHECKED_COLUMNS.
  ALTER TABLE accounts ADD COLUMN checksum INTEGER;
  ALTER TABLE postings ADD COLUMN checksum INTEGER;
  ALTER TABLE holds ADD COLUMN checksum INTEGER;
  ALTER TABLE idempotency_keys ADD COLUMN checksum INTEGER;
  `,
  ATM_TABLES,
]

/** The first version whose rows say what the accounts have withdrawn. */
const WITH_WITHDRAWALS = 3

/** The first version whose rows have checksums. */
const WITH_CHECKSUMS = 4

/** Throws `StoreOpenError` for a file that is not ours or that a newer version has written. Changes nothing. */
export function assertOwnDatabase(database: DatabaseSync, path: string): void {
  const version = pragma(database, 'user_version')
  const isOurs = pragma(database, 'application_id') === APPLICATION_ID
  if (!isOurs && (version !== 0 || hasTables(database))) {
    throw new StoreOpenError(`${path} is a database of another program; give --store another path`)
  }
  assertKnownSchema({ store: path, version, newest: migrations.length })
}

/** Migrates the file to the newest schema, in one transaction. The bank's days are those of `timeZone`. */
export function migrate(database: DatabaseSync, timeZone: string): void {
  const version = pragma(database, 'user_version')
  const missing = migrations.slice(version)
  if (missing.length === 0) return
  database.exec('BEGIN IMMEDIATE')
  for (const step of missing) database.exec(step)
  if (version < WITH_WITHDRAWALS) addWithdrawals(database, timeZone)
  if (version < WITH_CHECKSUMS) addChecksums(database)
  database.exec(
    `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length}; COMMIT`,
  )
}

/** Throws `StoreOpenError` unless the file is ours and has the newest schema: for readers, who must not migrate. */
export function assertMigrated(database: DatabaseSync, path: string): void {
  const isOurs = pragma(database, 'application_id') === APPLICATION_ID
  const version = isOurs ? pragma(database, 'user_version') : 0
  assertCurrentSchema({ store: path, version, newest: migrations.length })
}

function hasTables(database: DatabaseSync): boolean {
  return database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() !== undefined
}

/**
 * Gives the rows of the accounts, in a store of an older version, what their postings have withdrawn on the day of the
 * latest posting. Earlier days no longer count, as the ledger's time never runs backwards.
 */
function addWithdrawals(database: DatabaseSync, timeZone: string): void {
  const postings = new PostingTable(database)
  const latest = postings.latestUpTo(Number.MAX_SAFE_INTEGER)
  if (latest === undefined) return
  const day = businessDay(latest.atMs, timeZone)
  const latestIdBefore = postings.latestIdAt(startOfDay(day, timeZone) - 1)
  // What is not written back yet is read at every start. The sums of halves stay within 64 bits.
  const select = prepare(
    database,
    `SELECT debit_account_id, count(*) AS count, sum(amount >> 32) AS high, sum(amount & 0xffffffff) AS low
     FROM postings CROSS JOIN folded_up_to JOIN accounts ON accounts.id = debit_account_id
     WHERE postings.id > ? AND kind = 2 AND postings.id <= max(folded_up_to.posting_id, latest_posting_id)
     GROUP BY debit_account_id`,
  )
  const update = prepare(
    database,
    'UPDATE accounts SET withdrawn_day = ?, withdrawn_amount = ?, withdrawn_count = ? WHERE id = ?',
  )
  for (const row of select.all(latestIdBefore)) {
    const amount = (integer(row, 'high') << 32n) + integer(row, 'low')
    update.run(day, `${amount}`, number(row, 'count'), number(row, 'debit_account_id'))
  }
}

/** Names the tables and indexes that are not declared as in a new store. What else is in the file does not matter. */
export function* changedDeclarations(database: DatabaseSync): Generator<string> {
  const fresh = new DatabaseSync(':memory:')
  defineChecksum(fresh)
  migrate(fresh, DEFAULT_TIME_ZONE)
  const found = declarationsIn(database)
  for (const [name, declaration] of declarationsIn(fresh)) {
    if (found.get(name) !== declaration)
      yield `the file is damaged: it does not declare ${name} as it was made`
  }
  fresh.close()
}

/** By name, without comments and with single spaces: a store that has come through older versions may differ in those. */
function declarationsIn(database: DatabaseSync): ReadonlyMap<string, string> {
  const rows = database.prepare(
    "SELECT name, tbl_name || ' ' || coalesce(sql, '') AS declared FROM sqlite_schema",
  )
  return new Map(
    rows.all().map((row) => {
      const declared = text(row, 'declared').replaceAll(/--[^\n]*/g, '')
      return [text(row, 'name'), declared.replaceAll(/\s+/g, ' ')]
    }),
  )
}
