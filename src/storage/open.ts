import type { AuditReport } from '../state-machine/audit.ts'
import type { Terms } from '../ledger/terms.ts'
import { type Store, type StoreLog, StoreOpenError } from './store.ts'
import { IN_MEMORY, orExplain } from './sqlite/file/database.ts'
import type { Redated } from './redating.ts'
import { redateSqlite } from './sqlite/redate.ts'
import { SqliteStore } from './sqlite/sqlite-store.ts'
import { verifySqlite } from './sqlite/verify-sqlite.ts'

/** The URLs that name a store, for people. */
export const STORE_FORMS = 'sqlite:PATH, memory: or postgres://USER:PASSWORD@HOST:PORT/DATABASE'

const SQLITE = 'sqlite:'
const MEMORY = 'memory:'
const POSTGRES = /^postgres(?:ql)?:\/\/./

/** Loaded only where it is used: the embedded engine starts sooner, and smaller, without it and its client. */
const postgres = () => import('./postgres/open-postgres.ts')

/** Whether some engine answers to the URL. */
export function isStoreUrl(url: string): boolean {
  return url === MEMORY || POSTGRES.test(url) || (url.startsWith(SQLITE) && url.length > SQLITE.length)
}

/** Opens the store that the URL names. Rejects with `StoreOpenError`. */
export async function openStore(
  url: string,
  options: {
    readonly terms: Terms
    readonly clock: () => number
    /** How far that may be from the clock of a server, at any distance when undefined. */
    readonly clockToleranceMs?: number
    readonly log?: StoreLog
  },
): Promise<Store> {
  if (POSTGRES.test(url)) return (await postgres()).openPostgres(url, options)
  const path = url === MEMORY ? IN_MEMORY : sqlitePath(url)
  return orExplain(path, () => new SqliteStore(path, options))
}

/** Audits the store that the URL names; days are those of `timeZone`. Rejects with `StoreOpenError`. */
export async function verifyStore(url: string, timeZone: string): Promise<AuditReport> {
  if (url === MEMORY)
    throw new StoreOpenError('memory: keeps nothing that could be verified; name another store')
  if (POSTGRES.test(url)) return (await postgres()).verifyPostgres(url, timeZone)
  return verifySqlite(sqlitePath(url), Date.now(), timeZone)
}

/** Dates back to `nowMs` what the store that the URL names dates later; days are those of the zone. Rejects with `StoreOpenError`. */
export async function redateStore(url: string, timeZone: string, nowMs: number): Promise<Redated> {
  if (url === MEMORY)
    throw new StoreOpenError('memory: keeps nothing that could be dated; name another store')
  if (POSTGRES.test(url)) return (await postgres()).redatePostgres(url, timeZone, nowMs)
  return redateSqlite(sqlitePath(url), timeZone, nowMs)
}

function sqlitePath(url: string): string {
  if (isStoreUrl(url)) return url.slice(SQLITE.length)
  throw new StoreOpenError(`no engine answers to this store; use ${STORE_FORMS}`)
}
