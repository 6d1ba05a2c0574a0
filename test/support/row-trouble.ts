import { cutConnections } from './faults.ts'
import { withSql } from './postgres.ts'

/** What is wrong with rows of a table, by their ids. */
export interface RowTrouble {
  /** Reading them is an error, as on a damaged page. */
  readonly unreadable?: readonly number[]
  /** Every so many reads of one take longer than `SLOW_MS`, beginning with the first. */
  readonly slow?: readonly number[]
  readonly slowEvery?: number
}

/** Long enough for the `statement_timeout` to make a slow row an error. */
const SLOW_MS = 600

/** Longer than statements take that meet no such row. */
const STATEMENT_TIMEOUT_MS = 300

/** A policy reads the rows for every role that is no superuser, and is an error or slow for some of them. */
export async function troubleRows(
  store: string,
  table: 'accounts' | 'postings',
  { unreadable = [], slow = [], slowEvery = 1_000_000 }: RowTrouble,
): Promise<void> {
  await withSql(store, (sql) =>
    sql.unsafe(`
      CREATE SEQUENCE slow_${table};
      CREATE FUNCTION read_${table}(row_id bigint) RETURNS boolean SECURITY DEFINER LANGUAGE plpgsql AS $$
      BEGIN
        IF row_id = ANY ('{${unreadable.join(',')}}'::bigint[]) THEN
          RAISE EXCEPTION 'invalid page' USING ERRCODE = 'XX001';
        ELSIF row_id = ANY ('{${slow.join(',')}}'::bigint[]) AND nextval('slow_${table}') % ${slowEvery} = 1 THEN
          PERFORM pg_sleep(${SLOW_MS / 1_000});
        END IF;
        RETURN true;
      END $$;
      ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
      ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
      CREATE POLICY read_all ON ${table} USING (read_${table}(id))`),
  )
}

/** Ends statements of the role that take too long. Cuts its connections: the next ones are told. */
export async function limitStatements(store: string, role: string): Promise<void> {
  await withSql(store, (sql) =>
    sql.unsafe(`ALTER ROLE ${role} SET statement_timeout = ${STATEMENT_TIMEOUT_MS}`),
  )
  await cutConnections(store)
}

/** Lets all rows be read again. */
export async function endRowTrouble(store: string): Promise<void> {
  await withSql(store, (sql) =>
    sql.unsafe(
      `ALTER TABLE accounts DISABLE ROW LEVEL SECURITY; ALTER TABLE postings DISABLE ROW LEVEL SECURITY`,
    ),
  )
}
