/** The date of the latest step of a row of `terminal_transactions`. It is part of a released step, and never changes. */
export const LATEST_STEP_MS = `max(coalesce(request ->> 'atMs', 0), coalesce(outcome ->> 'atMs', 0),
    coalesce(resolution ->> 'atMs', 0), coalesce(conflict ->> 'atMs', 0))`

/** The step of the schema that brings cards and cash machines; see `migrations`. */
export const ATM_TABLES = `
  -- The checksum of a row is what tells one that was damaged from one that was written so.

  -- status: 0 active, 1 blocked. A card has one session at most, which may have ended.
  CREATE TABLE cards (
    id INTEGER PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    status INTEGER NOT NULL,
    pin_hash TEXT NOT NULL,
    tries_left INTEGER NOT NULL,
    session_digest BLOB,
    session_terminal_id TEXT,
    session_until_ms INTEGER,
    is_demo INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX card_sessions ON cards (session_digest) WHERE session_digest IS NOT NULL;

  -- status: 0 in service, 1 exchange, 2 out of service.
  CREATE TABLE terminals (
    id INTEGER PRIMARY KEY,
    terminal_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    status INTEGER NOT NULL,
    secret_digest BLOB NOT NULL,
    max_notes INTEGER NOT NULL,
    latest_sequence INTEGER NOT NULL,
    unsettled_sequence INTEGER,
    is_demo INTEGER NOT NULL,
    cash_account_id INTEGER NOT NULL REFERENCES accounts (id),
    over_short_account_id INTEGER NOT NULL REFERENCES accounts (id),
    checksum INTEGER NOT NULL
  ) STRICT;

  -- kind: 0 cassette, 1 recycler, 2 cash-in, 3 reject, 4 retract. contents is JSON: the notes of each denomination.
  CREATE TABLE cash_units (
    id INTEGER PRIMARY KEY,
    terminal_id TEXT NOT NULL REFERENCES terminals (terminal_id),
    place INTEGER NOT NULL,
    unit TEXT NOT NULL,
    kind INTEGER NOT NULL,
    denomination INTEGER,
    capacity INTEGER NOT NULL,
    contents TEXT NOT NULL,
    checksum INTEGER NOT NULL,
    UNIQUE (terminal_id, place)
  ) STRICT;

  -- kind and state: the places in transactionKinds and transactionStates. plan and the four steps are JSON.
  CREATE TABLE terminal_transactions (
    id INTEGER PRIMARY KEY,
    terminal_id TEXT NOT NULL REFERENCES terminals (terminal_id),
    sequence INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    state INTEGER NOT NULL,
    card_number TEXT,
    account_id INTEGER REFERENCES accounts (id),
    amount INTEGER,
    plan TEXT NOT NULL,
    posting_id INTEGER REFERENCES postings (id),
    request TEXT,
    outcome TEXT,
    resolution TEXT,
    conflict TEXT,
    checksum INTEGER NOT NULL,
    UNIQUE (terminal_id, sequence)
  ) STRICT;
  -- State 1 is authorized, 5 in doubt: the few that wait for something.
  CREATE INDEX open_transactions ON terminal_transactions (terminal_id, sequence) WHERE state IN (1, 5);
  CREATE INDEX dated_transactions ON terminal_transactions (terminal_id, at_ms);
  CREATE INDEX latest_steps ON terminal_transactions (${LATEST_STEP_MS});

  -- from and to: a unit, or 0 the customer, 1 the vault, 2 where nobody knows. Appended, never changed.
  CREATE TABLE note_moves (
    id INTEGER PRIMARY KEY,
    terminal_id TEXT NOT NULL REFERENCES terminals (terminal_id),
    sequence INTEGER NOT NULL,
    from_unit TEXT,
    from_outside INTEGER,
    to_unit TEXT,
    to_outside INTEGER,
    denomination INTEGER NOT NULL,
    notes INTEGER NOT NULL,
    posting_id INTEGER REFERENCES postings (id),
    checksum INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX moves_of_transactions ON note_moves (terminal_id, sequence);

  -- The postings on the accounts of machines, each with the transaction that it belongs to.
  CREATE TABLE terminal_postings (
    id INTEGER PRIMARY KEY,
    terminal_id TEXT NOT NULL REFERENCES terminals (terminal_id),
    sequence INTEGER NOT NULL,
    posting_id INTEGER NOT NULL UNIQUE REFERENCES postings (id),
    checksum INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX postings_of_transactions ON terminal_postings (terminal_id, sequence);
  `
