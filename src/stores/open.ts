import type { AuditReport } from '../ledger/audit.ts'
import type { Terms } from '../ledger/decide.ts'
import { type Store, StoreOpenError } from '../ledger/store.ts'
import { IN_MEMORY } from './sqlite/database.ts'
import { SqliteStore } from './sqlite/store.ts'
import { verifySqlite } from './sqlite/verify.ts'

/** The URLs that name a store, for people. */
export const STORE_FORMS = 'sqlite:PATH or memory:'

const SQLITE = 'sqlite:'
const MEMORY = 'memory:'

/** Whether some engine answers to the URL. */
export function isStoreUrl(url: string): boolean {
  return url === MEMORY || (url.startsWith(SQLITE) && url.length > SQLITE.length)
}

/** Opens the store that the URL names. Throws `StoreOpenError`. */
export function openStore(
  url: string,
  options: { readonly terms: Terms; readonly clock: () => number },
): Store {
  return new SqliteStore(url === MEMORY ? IN_MEMORY : sqlitePath(url), options)
}

/** Audits the store that the URL names. Throws `StoreOpenError`. */
export function verifyStore(url: string): AuditReport {
  if (url === MEMORY)
    throw new StoreOpenError('memory: keeps nothing that could be verified; name a sqlite:PATH')
  return verifySqlite(sqlitePath(url))
}

function sqlitePath(url: string): string {
  if (isStoreUrl(url)) return url.slice(SQLITE.length)
  throw new StoreOpenError(`no engine answers to this store; use ${STORE_FORMS}`)
}
