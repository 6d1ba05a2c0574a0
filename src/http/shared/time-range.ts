import type { FromSchema } from 'json-schema-to-ts'
import { startOfDay } from '../../ledger/business-day.ts'
import { Problem } from '../errors/problem.ts'
import type { Invalid } from '../errors/validation.ts'

const DAY_MS = 86_400_000

/** The last moment that has a timestamp of four digits for the year. */
export const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** What to say when one of the three is no time. */
function badTime(name: 'from' | 'to' | 'at'): Invalid {
  return [
    'invalid_time',
    `${name} must be a day such as 2026-11-22, or a time by RFC 3339 with Z or its offset, in the years 1970 to 9999`,
  ]
}

const instantSchema = { type: 'string', examples: ['2026-11-22T09:30:00Z'] } as const

export const TimeRange = {
  type: 'object',
  properties: {
    from: {
      ...instantSchema,
      title: 'From',
      invalid: badTime('from'),
      description:
        'What is dated at or after this: a time of RFC 3339, or a day such as 2026-11-22, from its beginning. ' +
        'From the first when missing.',
    },
    to: {
      ...instantSchema,
      title: 'To',
      invalid: badTime('to'),
      description:
        'What is dated at or before this: a time of RFC 3339, or a day such as 2026-11-22, to its end. ' +
        'To the latest when missing.',
    },
  },
} as const

export const Instant = {
  ...instantSchema,
  invalid: badTime('at'),
  description: 'A time of RFC 3339, or a day such as 2026-11-22, which means its end.',
} as const

/** Both ends are inclusive, in milliseconds since 1970, UTC; undefined is no end. */
export interface Period {
  readonly fromMs: number | undefined
  readonly toMs: number | undefined
}

/** Reads the ends of a period; days are those of the zone. Throws a problem at what is none. */
export function periodIn({ from, to }: FromSchema<typeof TimeRange>, timeZone: string): Period {
  const fromMs = from === undefined ? undefined : firstMoment(from, timeZone)
  const toMs = to === undefined ? undefined : lastMoment('to', to, timeZone)
  if (fromMs !== undefined && toMs !== undefined && fromMs > toMs) throw new Problem('invalid_time')
  return { fromMs, toMs }
}

/** The moment, or the last of the day. */
export function lastMoment(name: 'to' | 'at', text: string, timeZone: string): number {
  const day = dayOf(text)
  if (day !== undefined) return inRange(startOfDay(day + 1, timeZone) - 1)
  return inRange(Math.floor(instantOf(text) ?? refuse(name)))
}

/** The moment, or the first of the day. */
function firstMoment(text: string, timeZone: string): number {
  const day = dayOf(text)
  if (day !== undefined) return inRange(startOfDay(day, timeZone))
  return inRange(Math.ceil(instantOf(text) ?? refuse('from')))
}

function refuse(name: 'from' | 'to' | 'at'): never {
  throw new Problem(...badTime(name))
}

/** Days begin and end at other times in other zones: what that adds to the first and the last year holds nothing. */
function inRange(atMs: number): number {
  return Math.min(Math.max(atMs, 0), LATEST_MS)
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/

/** The plus sign of an offset arrives as a space from clients that do not escape it. */
const TIME = /^(\d{4}-\d\d-\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d{1,20})?(?:[Zz]|([+\- ])(\d\d):(\d\d))$/

/** The calendar day counted in days since 1 January 1970, if the text is one. */
function dayOf(text: string): number | undefined {
  const [, year = '', month = '', day = ''] = DATE.exec(text) ?? []
  const atMs = Date.UTC(Number(year), Number(month) - 1, Number(day))
  // A day that its month does not have becomes one of the next month.
  const isReal = Number(year) >= 1970 && new Date(atMs).toISOString().slice(0, 10) === text
  return isReal ? atMs / DAY_MS : undefined
}

/** Milliseconds since 1970, UTC, with a fraction where the text has one beyond them. */
function instantOf(text: string): number | undefined {
  const [, date = '', ...parts] = TIME.exec(text) ?? []
  const [hour = '', minute = '', second = '', fraction = '', sign = '', hours = '0', minutes = '0'] = parts
  const day = dayOf(date)
  if (day === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1)
  const wholeMs = day * DAY_MS + ((Number(hour) * 60 + Number(minute) - offset) * 60 + Number(second)) * 1_000
  // Adding the fraction as a double to so large a number would round it.
  const [, ms = '0', rest = ''] = /^\.(\d{1,3})(\d*)$/.exec(fraction) ?? []
  return wholeMs + Number(ms.padEnd(3, '0')) + (/[1-9]/.test(rest) ? 0.5 : 0)
}
