import { type AuditedAccount, type AuditedKeyRecord, type AuditReport, audit } from '../../ledger/audit.ts'
import { AccountTable } from './account-table.ts'
import { openForReading } from './database.ts'
import { allKeyRecords } from './key-table.ts'
import { LiveAccounts } from './live-accounts.ts'
import { PostingTable } from './posting-table.ts'

const CHUNK_LENGTH = 1_000

/** Audits the file as it is at one moment, also while a writer works on it. Throws `StoreOpenError`. */
export async function verifySqlite(path: string): Promise<AuditReport> {
  const database = openForReading(path)
  try {
    // One transaction sees one state of the file, whatever is written meanwhile.
    database.exec('BEGIN')
    const accounts = new AccountTable(database)
    const postings = new PostingTable(database)
    const keyRecords = function* (): Generator<AuditedKeyRecord> {
      for (const record of allKeyRecords(database)) {
        const { postingId } = record
        yield { ...record, posting: postingId === undefined ? undefined : postings.find(postingId) }
      }
    }
    return await audit({
      postings: () => inChunks(postings.after(0)),
      accounts: () => inChunks(accountsOf(accounts, postings)),
      keyRecords: () => inChunks(keyRecords()),
    })
  } finally {
    database.close()
  }
}

/** The accounts as their rows and the postings not yet folded into them tell together. */
function* accountsOf(table: AccountTable, postings: PostingTable): Generator<AuditedAccount> {
  const live = new LiveAccounts(table, postings)
  for (const { account, postingIds } of table.all()) {
    const { id } = account
    yield live.isBehind(id)
      ? {
          account: { ...account, balance: live.balance(id) },
          postingIds: both(postingIds, live.unlisted(id, 0)),
        }
      : { account, postingIds }
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
