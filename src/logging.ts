import { type Logger, pino } from 'pino'
import type { LogLevel } from './config/config.ts'

/** A logger, and the way to have written what it has not written yet. */
export interface Log {
  readonly logger: Logger
  /** Hands on what was gathered, without waiting for the turn of the event loop to end. */
  readonly flush: () => void
}

let latestMs = 0
let latestMember = ''

/** The time as a member of the line: many lines share a millisecond, and writing it out costs more than all the rest. */
function timeMember(): string {
  const nowMs = Date.now()
  if (nowMs !== latestMs) {
    latestMs = nowMs
    latestMember = `,"time":"${new Date(nowMs).toISOString()}"`
  }
  return latestMember
}

/**
 * The service's log: one JSON line for each event. The lines of one turn of the event loop are handed to `write`
 * together, as writing each by itself would cost as much as serving its request.
 */
export function createLog(level: LogLevel, write: (lines: string) => void): Log {
  let gathered = ''
  const flush = (): void => {
    if (gathered !== '') write(gathered)
    gathered = ''
  }
  const gather = (line: string): void => {
    if (gathered === '') setImmediate(flush)
    gathered += line
  }
  const options = {
    level,
    base: null,
    timestamp: timeMember,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  return { logger: pino(options, { write: gather }), flush }
}
