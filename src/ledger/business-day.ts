const DAY_MS = 86_400_000

/** The day is UTC unless a deployment says otherwise. */
export const DEFAULT_TIME_ZONE = 'UTC'

/** The latest minute of each zone and its day: nearly every call is about the same minute as the call before. */
const latest = new Map<string, { readonly fromMs: number; readonly untilMs: number; readonly day: number }>()

const formats = new Map<string, Intl.DateTimeFormat>()

/** Whether the name is a time zone of the IANA database, such as `Europe/Zurich`. */
export function isTimeZone(name: string): boolean {
  // Spares loading the database of zones, which takes some megabytes.
  if (name === DEFAULT_TIME_ZONE) return true
  try {
    Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** The calendar day of the moment in that zone, counted in days since 1 January 1970. */
export function businessDay(atMs: number, timeZone: string): number {
  if (timeZone === DEFAULT_TIME_ZONE) return Math.floor(atMs / DAY_MS)
  const known = latest.get(timeZone)
  if (known !== undefined && atMs >= known.fromMs && atMs < known.untilMs) return known.day
  const local = localTime(atMs, timeZone)
  const day = Math.floor(local / DAY_MS)
  // Within the minute nothing changes day, whatever a zone does with its clocks.
  const fromMs = Math.floor(atMs / 60_000) * 60_000
  latest.set(timeZone, { fromMs, untilMs: fromMs + 60_000, day })
  return day
}

/** The first moment of the calendar day, in milliseconds since 1970, UTC. */
export function startOfDay(day: number, timeZone: string): number {
  let low = (day - 2) * DAY_MS
  let high = (day + 2) * DAY_MS
  // Days begin at whole minutes; zones may skip or repeat hours, so the first moment is searched for.
  while (high - low > 60_000) {
    const middle = low + Math.floor((high - low) / 120_000) * 60_000
    if (Math.floor(localTime(middle, timeZone) / DAY_MS) >= day) high = middle
    else low = middle
  }
  return high
}

/** What a clock on the wall of that zone shows, read as if it were UTC. */
function localTime(atMs: number, timeZone: string): number {
  if (timeZone === DEFAULT_TIME_ZONE) return atMs
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
      timeZone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      hourCycle: 'h23',
    })
    formats.set(timeZone, format)
  }
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]))
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'))
}
