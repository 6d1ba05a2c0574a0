import type { Terms } from '../ledger/terms.ts'
import { type Origins, originSettings, readOrigins } from './origins.ts'
import { type Environment, readerOf, type Setting, wholeNumber } from './settings.ts'
import { readTerms, readTimeZone, termSettings, TIME_ZONE } from './terms.ts'

/** Everything that a deployment sets, read once at the start. */
export interface Config extends Origins {
  readonly host: string
  /** 0 picks a free port. */
  readonly port: number
  /** The URL of a store that some engine answers to. */
  readonly store: string
  readonly terms: Terms
  readonly logLevel: LogLevel
  /** Whether to start on books that end later than now. */
  readonly acceptsFutureBooks: boolean
}

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

export type LogLevel = (typeof logLevels)[number]

/** The URLs that name a store. */
export interface StoreUrls {
  /** What they look like, for people. */
  readonly forms: string
  readonly accepts: (url: string) => boolean
}

const HOST: Setting = { flag: 'host', variable: 'HOST', preset: '127.0.0.1' }
const PORT: Setting = { flag: 'port', variable: 'PORT', preset: '8000' }
const STORE: Setting = { flag: 'store', variable: 'ATM_STORE', preset: 'sqlite:data/atm.db' }
const FUTURE_BOOKS: Setting = {
  flag: 'accept-future-books',
  variable: 'ATM_ACCEPT_FUTURE_BOOKS',
  preset: 'no',
}
const LOG_LEVEL: Setting = { flag: 'log-level', variable: 'LOG_LEVEL', preset: 'info' }

/** Reads flags and environment. Throws `ConfigError`. */
export function readConfig(args: readonly string[], environment: Environment, storeUrls: StoreUrls): Config {
  const read = readerOf(args, environment, [
    HOST,
    PORT,
    STORE,
    LOG_LEVEL,
    FUTURE_BOOKS,
    ...originSettings,
    ...termSettings,
  ])
  return {
    host: read(HOST, 'a host name or address', (text) => (/^[^\s/]+$/.test(text) ? text : undefined)),
    port: read(PORT, 'a whole number from 0 to 65535', (text) => wholeNumber(text, 0, 65_535)),
    store: read(STORE, storeUrls.forms, (text) => (storeUrls.accepts(text) ? text : undefined)),
    ...readOrigins(read),
    terms: readTerms(read),
    logLevel: read(LOG_LEVEL, `one of ${logLevels.join(', ')}`, (text) =>
      logLevels.find((level) => level === text),
    ),
    acceptsFutureBooks: read(FUTURE_BOOKS, 'yes or no', (text) =>
      text === 'yes' || text === 'no' ? text === 'yes' : undefined,
    ),
  }
}

/** Reads the store to verify or to date back, and the zone of its days, from the same flags and variables. Throws `ConfigError`. */
export function readDatedStore(
  args: readonly string[],
  environment: Environment,
): { readonly store: string; readonly timeZone: string } {
  const read = readerOf(args, environment, [STORE, TIME_ZONE])
  return { store: read(STORE, 'the URL of a store', (text) => text), timeZone: readTimeZone(read) }
}
