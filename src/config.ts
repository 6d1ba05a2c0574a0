import { parseArgs } from 'node:util'
import { MAX_DAILY_COUNT } from './ledger/accounts.ts'
import { DEFAULT_TIME_ZONE, isTimeZone } from './ledger/business-day.ts'
import type { Terms } from './ledger/terms.ts'
import { parseMoney } from './money.ts'

/** Everything that a deployment sets, read once at the start. */
export interface Config {
  readonly host: string
  /** 0 picks a free port. */
  readonly port: number
  /** The URL of a store that some engine answers to. */
  readonly store: string
  readonly terms: Terms
  readonly logLevel: LogLevel
}

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

export type LogLevel = (typeof logLevels)[number]

/** A setting cannot be used; the message names it in one line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** A year, in seconds: a longer window is a slip of the keyboard. */
const MAX_TTL_SECONDS = 31_536_000

/** The URLs that name a store. */
export interface StoreUrls {
  /** What they look like, for people. */
  readonly forms: string
  readonly accepts: (url: string) => boolean
}

/** A flag with the environment variable that stands in for it, and what holds when neither is given. */
interface Setting {
  readonly flag: string
  readonly variable: string
  readonly preset: string
}

const HOST: Setting = { flag: 'host', variable: 'HOST', preset: '127.0.0.1' }
const PORT: Setting = { flag: 'port', variable: 'PORT', preset: '8000' }
const STORE: Setting = { flag: 'store', variable: 'ATM_STORE', preset: 'sqlite:data/atm.db' }
const TTL: Setting = { flag: 'idempotency-ttl', variable: 'ATM_IDEMPOTENCY_TTL', preset: '600' }
const LOG_LEVEL: Setting = { flag: 'log-level', variable: 'LOG_LEVEL', preset: 'info' }
const OVERDRAFT: Setting = { flag: 'overdraft-limit', variable: 'ATM_OVERDRAFT_LIMIT', preset: '0.00' }
const WITHDRAWAL: Setting = { flag: 'withdrawal-limit', variable: 'ATM_WITHDRAWAL_LIMIT', preset: 'none' }
const DAILY_AMOUNT: Setting = {
  flag: 'daily-withdrawal-limit',
  variable: 'ATM_DAILY_WITHDRAWAL_LIMIT',
  preset: 'none',
}
const DAILY_COUNT: Setting = {
  flag: 'daily-withdrawal-count',
  variable: 'ATM_DAILY_WITHDRAWAL_COUNT',
  preset: 'none',
}
const TIME_ZONE: Setting = { flag: 'time-zone', variable: 'ATM_TIME_ZONE', preset: DEFAULT_TIME_ZONE }

/** All that the service knows, in the order in which people are told of them. */
const allSettings = [
  HOST,
  PORT,
  STORE,
  TTL,
  LOG_LEVEL,
  OVERDRAFT,
  WITHDRAWAL,
  DAILY_AMOUNT,
  DAILY_COUNT,
  TIME_ZONE,
] as const

/**
 * Reads flags and environment; a flag wins. An empty value counts as not given, as hosts often set those.
 * Throws `ConfigError`.
 */
export function readConfig(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  storeUrls: StoreUrls,
): Config {
  const flags = readFlags(args, allSettings)
  const read: Read = (setting, want, parse) => {
    const [source, text] = given(setting, flags, environment)
    const value = parse(text)
    if (value === undefined)
      throw new ConfigError(`${source} must be ${want}, but it is "${withoutPassword(text).slice(0, 64)}"`)
    return value
  }
  return {
    host: read(HOST, 'a host name or address', (text) => (/^[^\s/]+$/.test(text) ? text : undefined)),
    port: read(PORT, 'a whole number from 0 to 65535', (text) => wholeNumber(text, 0, 65_535)),
    store: read(STORE, storeUrls.forms, (text) => (storeUrls.accepts(text) ? text : undefined)),
    terms: readTerms(read),
    logLevel: read(LOG_LEVEL, `one of ${logLevels.join(', ')}`, (text) =>
      logLevels.find((level) => level === text),
    ),
  }
}

/** Answers undefined for a text that is not what is wanted. */
type Parse<Value> = (text: string) => Value | undefined

/** Reads one setting. Throws `ConfigError`. */
type Read = <Value>(setting: Setting, want: string, parse: Parse<Value>) => Value

/** What stands for a limit that there is not. */
const NONE = 'none'

function readTerms(read: Read): Terms {
  const orNone = <Value>(setting: Setting, want: string, parse: Parse<Value>): Value | undefined => {
    const limit = read<Value | typeof NONE>(setting, `${want}, or ${NONE}`, (text) =>
      text === NONE ? NONE : parse(text),
    )
    return limit === NONE ? undefined : limit
  }
  const money = 'an amount such as 500.00'
  const seconds = read(TTL, `a whole number of seconds from 1 to ${MAX_TTL_SECONDS}`, (text) =>
    wholeNumber(text, 1, MAX_TTL_SECONDS),
  )
  return {
    idempotencyTtlMs: 1_000 * seconds,
    limits: {
      overdraft: read(OVERDRAFT, money, cents),
      withdrawal: orNone(WITHDRAWAL, money, cents),
      dailyAmount: orNone(DAILY_AMOUNT, money, cents),
      dailyCount: orNone(DAILY_COUNT, `a whole number from 0 to ${MAX_DAILY_COUNT}`, (text) =>
        wholeNumber(text, 0, MAX_DAILY_COUNT),
      ),
    },
    timeZone: read(TIME_ZONE, 'a time zone such as UTC or Europe/Zurich', (text) =>
      isTimeZone(text) ? text : undefined,
    ),
  }
}

/** Reads the store to verify from the same flag and variable. Throws `ConfigError`. */
export function readStoreUrl(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): string {
  return given(STORE, readFlags(args, [STORE]), environment)[1]
}

/** The URL as it may be logged. */
export function withoutPassword(url: string): string {
  return url.replace(/(:\/\/[^/:@]*):.*@/s, '$1:***@')
}

function given(
  { flag, variable, preset }: Setting,
  flags: ReadonlyMap<string, string>,
  environment: Readonly<Record<string, string | undefined>>,
): [source: string, text: string] {
  const fromFlag = flags.get(flag)
  return fromFlag === undefined ? [variable, environment[variable] || preset] : [`--${flag}`, fromFlag]
}

function readFlags(args: readonly string[], settings: readonly Setting[]): ReadonlyMap<string, string> {
  const options = Object.fromEntries(settings.map(({ flag }) => [flag, { type: 'string' as const }]))
  try {
    const { values } = parseArgs({ args: [...args], options, allowPositionals: false })
    return new Map(
      Object.entries(values).flatMap(([flag, value]) => (typeof value === 'string' ? [[flag, value]] : [])),
    )
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new ConfigError(
      `${reason.slice(0, 160)} (flags: ${settings.map(({ flag }) => `--${flag}`).join(', ')})`,
    )
  }
}

/** Cents, 0 and up. */
function cents(text: string): bigint | undefined {
  const money = parseMoney('limit', text)
  return 'cents' in money ? money.cents : undefined
}

function wholeNumber(text: string, least: number, most: number): number | undefined {
  const value = Number(text)
  return /^\d{1,9}$/.test(text) && value >= least && value <= most ? value : undefined
}
