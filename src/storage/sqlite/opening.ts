import { type OpenDatabase, orExplain } from './file/database.ts'
import { AccountCache } from './cache/account-cache.ts'
import { OpenHoldCache } from './cache/open-hold-cache.ts'
import { AccountTable } from './tables/account-table.ts'
import { HoldTable } from './tables/hold-table.ts'
import { KeyTable } from './tables/key-table.ts'
import { latestDate } from './tables/latest-date.ts'
import { PostingTable } from './tables/posting-table.ts'

/** The tables of a store, and what memory knows of them from the start. */
export interface OpenedBooks {
  readonly table: AccountTable
  readonly postings: PostingTable
  readonly holds: HoldTable
  readonly live: AccountCache
  readonly keys: KeyTable
  readonly latestMs: number
}

/** Reads what a store begins with. Closes the database where that cannot be read, and throws `StoreOpenError`. */
export function readBooks(open: OpenDatabase, path: string, timeZone: string): OpenedBooks {
  const { database } = open
  try {
    return orExplain(path, () => {
      const table = new AccountTable(database)
      const postings = new PostingTable(database)
      const holds = new HoldTable(database)
      const latestMs = latestDate(database)
      const liveHolds = new OpenHoldCache(holds.unexpired(latestMs))
      const live = new AccountCache({ table, postings, holds: liveHolds, timeZone })
      return { table, postings, holds, live, keys: new KeyTable(database, postings), latestMs }
    })
  } catch (error) {
    open.close()
    throw error
  }
}
