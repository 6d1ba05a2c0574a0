import { MAX_DAILY_COUNT } from '../ledger/accounts.ts'
import { DEFAULT_TIME_ZONE, isTimeZone } from '../ledger/business-day.ts'
import type { Terms } from '../ledger/terms.ts'
import { parseMoney } from '../money.ts'
import { type Parse, type Read, type Setting, wholeNumber } from './settings.ts'

/** What stands for a limit that there is not. */
const NONE = 'none'

/** A year, in seconds: a longer window is a slip of the keyboard. */
const MAX_TTL_SECONDS = 31_536_000

const TTL: Setting = { flag: 'idempotency-ttl', variable: 'ATM_IDEMPOTENCY_TTL', preset: '600' }
const OVERDRAFT: Setting = { flag: 'overdraft-limit', variable: 'ATM_OVERDRAFT_LIMIT', preset: '0.00' }
const WITHDRAWAL: Setting = { flag: 'withdrawal-limit', variable: 'ATM_WITHDRAWAL_LIMIT', preset: NONE }
const DAILY_AMOUNT: Setting = {
  flag: 'daily-withdrawal-limit',
  variable: 'ATM_DAILY_WITHDRAWAL_LIMIT',
  preset: NONE,
}
const DAILY_COUNT: Setting = {
  flag: 'daily-withdrawal-count',
  variable: 'ATM_DAILY_WITHDRAWAL_COUNT',
  preset: NONE,
}
export const TIME_ZONE: Setting = { flag: 'time-zone', variable: 'ATM_TIME_ZONE', preset: DEFAULT_TIME_ZONE }

/** The settings that the ledger decides by. */
export const termSettings = [TTL, OVERDRAFT, WITHDRAWAL, DAILY_AMOUNT, DAILY_COUNT, TIME_ZONE] as const

export function readTerms(read: Read): Terms {
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
    timeZone: readTimeZone(read),
  }
}

export function readTimeZone(read: Read): string {
  return read(TIME_ZONE, 'a time zone such as UTC or Europe/Zurich', (text) =>
    isTimeZone(text) ? text : undefined,
  )
}

/** Cents, 0 and up. */
function cents(text: string): bigint | undefined {
  const money = parseMoney('limit', text)
  return 'cents' in money ? money.cents : undefined
}
