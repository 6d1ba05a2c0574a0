import { type AuditedKeyRecord, type AuditReport, audit } from '../../ledger/audit.ts'
import { AccountTable } from './account-table.ts'
import { openForReading } from './database.ts'
import { allKeyRecords } from './key-table.ts'
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
      postings: () => inChunks(postings.all()),
      accounts: () => inChunks(accounts.all()),
      keyRecords: () => inChunks(keyRecords()),
    })
  } finally {
    database.close()
  }
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
