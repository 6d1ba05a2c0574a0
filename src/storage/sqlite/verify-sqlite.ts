import type { DatabaseSync } from 'node:sqlite'
import type { AtmAuditSource } from '../../atm/audit/source.ts'
import { audit, type AuditReport, type AuditSource } from '../../state-machine/audit.ts'
import type { AuditedAccount, AuditedHold, ListedPosting } from '../../ledger/audit/source.ts'
import { DEFAULT_TIME_ZONE } from '../../ledger/business-day.ts'
import { StoreOpenError } from '../store.ts'
import { text } from '../row-values.ts'
import { auditedPostings, auditedTerminals, auditedTransactions } from './atm/audit-atm.ts'
import { alteredAtmRows } from './atm/atm-checksums.ts'
import { AtmTables } from './atm/atm-tables.ts'
import { AccountTable } from './tables/account-table.ts'
import { alteredRows } from './tables/checksums.ts'
import { openForReading, reasonOf } from './file/database.ts'
import { damageOfLog } from './file/log-check.ts'
import { changedDeclarations } from './file/schema.ts'
import { HoldTable } from './tables/hold-table.ts'
import { allKeyRecords } from './tables/key-table.ts'
import { misplacedPages } from './tables/history-lists.ts'
import { AccountCache } from './cache/account-cache.ts'
import { OpenHoldCache } from './cache/account-parts.ts'
import { PostingTable } from './tables/posting-table.ts'
import { prepare } from './tables/statements.ts'

const CHUNK_LENGTH = 1_000

/**
 * Audits the file as it is at one moment, also while a writer works on it. Days are those of `timeZone`. Throws
 * `StoreOpenError`, also where the file is too damaged to be read.
 */
export async function verifySqlite(
  path: string,
  nowMs = Date.now(),
  timeZone: string = DEFAULT_TIME_ZONE,
): Promise<AuditReport> {
  const database = openForReading(path)
  try {
    return await auditDatabase(database, path, nowMs, timeZone)
  } catch (error) {
    throw new StoreOpenError(`${path} is too damaged to be read: ${reasonOf(error)}`, { cause: error })
  } finally {
    database.close()
  }
}

async function auditDatabase(
  database: DatabaseSync,
  path: string,
  nowMs: number,
  timeZone: string,
): Promise<AuditReport> {
  // One transaction sees one state of the file, whatever is written meanwhile.
  database.exec('BEGIN')
  const accounts = new AccountTable(database)
  const postings = new PostingTable(database)
  const holds = new HoldTable(database)
  const source: AuditSource = {
    damage: () => inChunks(damageOf(database, path)),
    alteredRows: () => inChunks(alteredIn(database)),
    postings: () => inChunks(postings.after(0)),
    accounts: () => inChunks(accountsOf(accounts, postings, timeZone)),
    holds: () => inChunks(holdsOf(holds, postings)),
    reversals: () => inChunks(postings.reversals()),
    keyRecords: () => inChunks(allKeyRecords(database, postings)),
    atm: atmOf(database, accounts, postings),
  }
  return audit(source, nowMs, timeZone)
}

/** What the file holds of cards and cash machines. */
function atmOf(database: DatabaseSync, accounts: AccountTable, postings: PostingTable): AtmAuditSource {
  const tables = new AtmTables(database)
  const balances = (): ReadonlyMap<number, bigint> => internalBalances(accounts, postings)
  return {
    terminals: () => inChunks(auditedTerminals(tables, balances())),
    noteMoves: () => inChunks(tables.noteMoves.all()),
    transactions: () => inChunks(auditedTransactions(tables, postings)),
    postings: () => inChunks(auditedPostings(tables, postings, balances())),
  }
}

/** What the bank's own accounts other than cash drawers hold, by id. */
function internalBalances(table: AccountTable, postings: PostingTable): ReadonlyMap<number, bigint> {
  const accounts = table.internal()
  if (accounts.length === 0) return new Map()
  const cache = new AccountCache({
    table,
    postings,
    holds: new OpenHoldCache([]),
    timeZone: DEFAULT_TIME_ZONE,
  })
  return new Map(
    accounts.map(({ id, balance }) => [id, cache.writeBack.isDirty(id) ? cache.balance(id) : balance]),
  )
}

function* alteredIn(database: DatabaseSync): Generator<string> {
  yield* alteredRows(database)
  yield* alteredAtmRows(database)
  yield* misplacedPages(database)
}

/** What SQLite itself can find: pages, rows and indexes that do not fit each other, and a log that ends too soon. */
function* damageOf(database: DatabaseSync, path: string): Generator<string> {
  const lost = damageOfLog(path)
  if (lost !== undefined) yield lost
  yield* changedDeclarations(database)
  for (const row of prepare(database, 'PRAGMA integrity_check').iterate()) {
    const found = text(row, 'integrity_check')
    if (found !== 'ok') yield `the file is damaged: ${found.replaceAll('\n', ' ')}`
  }
}

/** The accounts as of their rows and the postings that are not written back yet. */
function* accountsOf(
  table: AccountTable,
  postings: PostingTable,
  timeZone: string,
): Generator<AuditedAccount> {
  // Nothing of what is audited here depends on holds.
  const cache = new AccountCache({ table, postings, holds: new OpenHoldCache([]), timeZone })
  for (const account of table.all()) {
    const { id } = account
    const history = listed(table.lists.all(id), cache.writeBack.unflushed(id, 0), postings)
    yield cache.writeBack.isDirty(id)
      ? {
          account: { ...account, ...cache.state(id) },
          history,
          latestPostingId: cache.writeBack.latestPostingId(id),
        }
      : { account, history, latestPostingId: account.latestPostingId }
  }
}

function* holdsOf(holds: HoldTable, postings: PostingTable): Generator<AuditedHold> {
  for (const hold of holds.all()) {
    const { capturePostingId } = hold
    yield { hold, capture: capturePostingId === undefined ? undefined : postings.find(capturePostingId) }
  }
}

function* listed(
  first: Iterable<number>,
  second: Iterable<number>,
  postings: PostingTable,
): Generator<ListedPosting> {
  for (const id of first) yield postings.listed(id)
  for (const id of second) yield postings.listed(id)
}

function* inChunks<Item>(items: Iterable<Item>): Generator<Item[]> {
  let chunk: Item[] = []
  for (const item of items) {
    chunk.push(item)
    if (chunk.length < CHUNK_LENGTH) continue
    yield chunk
    chunk = []
  }
  yield chunk
}
