import type { DatabaseSync } from 'node:sqlite'
import { DEFAULT_TIME_ZONE } from '../../../ledger/business-day.ts'
import { text } from '../../row-values.ts'
import { IN_MEMORY, openForWriting } from './database.ts'

/** Names the tables and indexes that are not declared as in a new store. What else is in the file does not matter. */
export function* changedDeclarations(database: DatabaseSync): Generator<string> {
  const fresh = openForWriting(IN_MEMORY, DEFAULT_TIME_ZONE)
  try {
    const found = declarationsIn(database)
    for (const [name, declaration] of declarationsIn(fresh.database)) {
      if (found.get(name) !== declaration)
        yield `the file is damaged: it does not declare ${name} as it was made`
    }
  } finally {
    fresh.close()
  }
}

/** By name, without comments and with single spaces: a store that has come through older versions may differ in those. */
function declarationsIn(database: DatabaseSync): ReadonlyMap<string, string> {
  const rows = database.prepare(
    "SELECT name, tbl_name || ' ' || coalesce(sql, '') AS declared FROM sqlite_schema",
  )
  return new Map(
    rows.all().map((row) => {
      const declared = text(row, 'declared').replaceAll(/--[^\n]*/g, '')
      return [text(row, 'name'), declared.replaceAll(/\s+/g, ' ')]
    }),
  )
}
