import { type AuditReport, audit } from '../../ledger/audit.ts'
import { AccountTable } from './account-table.ts'
import { openForReading } from './database.ts'
import { allKeyRecords } from './key-table.ts'
import { PostingTable } from './posting-table.ts'

/** Audits the file as it is at one moment, also while a writer works on it. Throws `StoreOpenError`. */
export function verifySqlite(path: string): AuditReport {
  const database = openForReading(path)
  try {
    // One transaction sees one state of the file, whatever is written meanwhile.
    database.exec('BEGIN')
    const accounts = new AccountTable(database)
    const postings = new PostingTable(database)
    return audit({
      postings: () => postings.all(),
      posting: (id) => postings.find(id),
      accounts: () => accounts.all(),
      keyRecords: () => allKeyRecords(database),
    })
  } finally {
    database.close()
  }
}
