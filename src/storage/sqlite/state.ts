import type { DatabaseSync } from 'node:sqlite'
import { DATED } from '../redating.ts'
import { number } from '../row-values.ts'
import { AtmTables } from './atm/atm-tables.ts'
import { AccountCache } from './cache/account-cache.ts'
import { OpenHoldCache } from './cache/account-parts.ts'
import { type OpenDatabase, orExplain } from './file/database.ts'
import { prepare } from './tables/statements.ts'
import { AccountTable } from './tables/account-table.ts'
import { HoldTable } from './tables/hold-table.ts'
import { KeyTable } from './tables/key-table.ts'
import { PostingTable } from './tables/posting-table.ts'

/** The tables of a store, and what is cached of them. */
export interface StoreState {
  readonly accounts: AccountTable
  readonly postings: PostingTable
  readonly holds: HoldTable
  readonly keys: KeyTable
  readonly atm: AtmTables
  readonly cache: AccountCache
}

/** Reads the state at the start, with the latest date in it. Throws `StoreOpenError`, with the database closed. */
export function readState(
  open: OpenDatabase,
  path: string,
  timeZone: string,
): StoreState & { readonly latestMs: number } {
  const { database } = open
  try {
    return orExplain(path, () => {
      const accounts = new AccountTable(database)
      const postings = new PostingTable(database)
      const holds = new HoldTable(database)
      const atm = new AtmTables(database)
      const latestMs = Math.max(latestDate(database), atm.journal.latestMs())
      const openHolds = new OpenHoldCache(holds.unexpired(latestMs))
      const cache = new AccountCache({ table: accounts, postings, holds: openHolds, timeZone })
      const keys = new KeyTable(database, postings)
      return { accounts, postings, holds, keys, atm, cache, latestMs }
    })
  } catch (error) {
    open.close()
    throw error
  }
}

/** 0 when nothing is dated yet. The latest date of each table is that of its latest row. */
function latestDate(database: DatabaseSync): number {
  const dates = DATED.map(
    ({ table, column }) => `coalesce((SELECT ${column} FROM ${table} ORDER BY ${table}.id DESC LIMIT 1), 0)`,
  )
  return number(prepare(database, `SELECT max(${dates.join(', ')}) AS latest_ms`).get() ?? {}, 'latest_ms')
}
