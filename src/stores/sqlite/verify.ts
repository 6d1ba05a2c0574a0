import { audit, type AuditReport } from '../../ledger/audit/audit.ts'
import type { AuditedAccount, AuditedHold } from '../../ledger/audit/source.ts'
import { DEFAULT_TIME_ZONE } from '../../ledger/business-day.ts'
import { AccountTable } from './tables/account-table.ts'
import { openForReading } from './file/database.ts'
import { HoldTable } from './tables/hold-table.ts'
import { allKeyRecords } from './tables/key-table.ts'
import { LiveAccounts } from './live/live-accounts.ts'
import { LiveHolds } from './live/live-holds.ts'
import { PostingTable } from './tables/posting-table.ts'

const CHUNK_LENGTH = 1_000

/** Audits the file as it is at one moment, also while a writer works on it. Throws `StoreOpenError`. */
export async function verifySqlite(path: string, nowMs = Date.now()): Promise<AuditReport> {
  const database = openForReading(path)
  try {
    // One transaction sees one state of the file, whatever is written meanwhile.
    database.exec('BEGIN')
    const accounts = new AccountTable(database)
    const postings = new PostingTable(database)
    const holds = new HoldTable(database)
    const source = {
      postings: () => inChunks(postings.after(0)),
      accounts: () => inChunks(accountsOf(accounts, postings)),
      holds: () => inChunks(holdsOf(holds, postings)),
      reversals: () => inChunks(postings.reversals()),
      keyRecords: () => inChunks(allKeyRecords(database, postings)),
    }
    return await audit(source, nowMs)
  } finally {
    database.close()
  }
}

/** The accounts as their rows and the postings not yet folded into them tell together. */
function* accountsOf(table: AccountTable, postings: PostingTable): Generator<AuditedAccount> {
  // Only the balances and lists are asked for, which depend on no hold and on no time zone.
  const live = new LiveAccounts({ table, postings, holds: new LiveHolds([]), timeZone: DEFAULT_TIME_ZONE })
  for (const account of table.all()) {
    const { id } = account
    const postingIds = table.lists.all(id)
    yield live.isBehind(id)
      ? {
          account: { ...account, balance: live.balance(id) },
          postingIds: both(postingIds, live.unlisted(id, 0)),
        }
      : { account, postingIds }
  }
}

function* holdsOf(holds: HoldTable, postings: PostingTable): Generator<AuditedHold> {
  for (const hold of holds.all()) {
    const { capturePostingId } = hold
    yield { hold, capture: capturePostingId === undefined ? undefined : postings.find(capturePostingId) }
  }
}

function* both(first: Iterable<number>, second: Iterable<number>): Generator<number> {
  yield* first
  yield* second
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
