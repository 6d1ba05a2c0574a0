import { number } from '../../row-values.ts'
import { codeOf } from '../connection/failures.ts'
import type { Session } from '../connection/session.ts'

interface Index {
  readonly name: string
  readonly table: string
  readonly columns: string
  /** Of the rows that are in it. */
  readonly where?: string
}

const INDEXES: readonly Index[] = [
  { name: 'accounts_pkey', table: 'accounts', columns: 'id' },
  { name: 'accounts_number_key', table: 'accounts', columns: 'number' },
  { name: 'postings_pkey', table: 'postings', columns: 'id' },
  {
    name: 'postings_of_debited',
    table: 'postings',
    columns: 'debit_account_id, id',
    where: 'debit_account_id > 8 AND kind > 0',
  },
  {
    name: 'postings_of_credited',
    table: 'postings',
    columns: 'credit_account_id, id',
    where: 'credit_account_id > 8 AND kind > 0',
  },
  {
    name: 'postings_by_reversed',
    table: 'postings',
    columns: 'reversed_posting_id',
    where: 'reversed_posting_id IS NOT NULL',
  },
  { name: 'holds_pkey', table: 'holds', columns: 'id' },
  { name: 'holds_open', table: 'holds', columns: 'account_id, expires_at_ms', where: 'state = 0' },
  { name: 'idempotency_keys_pkey', table: 'idempotency_keys', columns: 'digest' },
  { name: 'idempotency_keys_by_age', table: 'idempotency_keys', columns: 'at_ms' },
]

// Without a sort at hand, the server reads an order from the index that has it, and the columns from there too.
const FROM_INDEX =
  'SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off'

const FROM_TABLE =
  'SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off; SET LOCAL enable_bitmapscan = off'

const FOR_ALL = `RESET enable_seqscan; RESET enable_bitmapscan; RESET enable_sort; RESET enable_indexscan;
  RESET enable_indexonlyscan`

const IS_USABLE = `SELECT count(*) AS usable FROM pg_index
  WHERE indexrelid = to_regclass($1::text) AND indisvalid AND indisready`

const HAS_AMCHECK = `SELECT count(*) AS usable
  FROM (SELECT to_regprocedure('bt_index_check(regclass, boolean)') AS id) AS check_of_index
  WHERE id IS NOT NULL AND has_function_privilege(id, 'EXECUTE')`

const AMCHECK = 'SELECT bt_index_check(to_regclass($1::text), true)'

/**
 * Holds each index against its table, within the transaction under way: both must have the same entries. Where the
 * extension amcheck is installed and may be used, it also finds an entry that leads to another row than its own.
 */
export async function* damagedIndexes(session: Session): AsyncGenerator<readonly string[]> {
  const [amcheck] = await session.query(HAS_AMCHECK)
  for (const index of INDEXES) {
    const damage =
      (await damageOf(session, index)) ??
      (amcheck !== undefined && number(amcheck, 'usable') > 0
        ? await foundByAmcheck(session, index)
        : undefined)
    if (damage !== undefined) yield [`the index ${index.name} is damaged, REINDEX it: ${damage}`]
  }
}

async function damageOf(session: Session, index: Index): Promise<string | undefined> {
  const [row] = await session.query(IS_USABLE, [index.name])
  if (row === undefined || number(row, 'usable') === 0) return 'it is missing or not in use'
  const inTable = await entriesOf(session, FROM_TABLE, index, '')
  const inIndex = await entriesOf(session, FROM_INDEX, index, `ORDER BY ${index.columns}`)
  if (inTable.count !== inIndex.count)
    return `it has ${inIndex.count} entries, where the table has ${inTable.count} rows`
  return inTable.sum === inIndex.sum ? undefined : 'its entries are not those of the rows'
}

async function entriesOf(
  session: Session,
  settings: string,
  { table, columns, where = 'true' }: Index,
  order: string,
): Promise<{ readonly count: number; readonly sum: string }> {
  await session.query(settings)
  const [row = {}] = await session.query(
    `SELECT count(*) AS count, coalesce(sum(hash_record_extended(ROW(${columns}), 0)), 0) AS sum
     FROM (SELECT ${columns} FROM ${table} WHERE ${where} ${order}) AS entries`,
  )
  await session.query(FOR_ALL)
  return { count: number(row, 'count'), sum: String(row['sum']) }
}

/** Errors of this class say that data or an index is corrupt. */
const CORRUPTED = /^XX/

async function foundByAmcheck(session: Session, { name }: Index): Promise<string | undefined> {
  await session.query('SAVEPOINT amcheck')
  try {
    await session.query(AMCHECK, [name])
    return undefined
  } catch (error) {
    if (!CORRUPTED.test(codeOf(error) ?? '') || !(error instanceof Error)) throw error
    await session.query('ROLLBACK TO SAVEPOINT amcheck')
    return error.message
  }
}
