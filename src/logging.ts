import { constants, openSync, write as writeTo } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Logger, pino } from 'pino'
import type { LogLevel } from './config/config.ts'

const writeSome = promisify(writeTo)

const STDOUT = 1

/** So much text may wait to be written; lines beyond it are dropped. */
const MAX_WAITING_LENGTH = 1_048_576

const RETRY_MS = 100

/** How long the end of the service waits for its last lines to be written. */
const FLUSH_MS = 1_000

/** A logger, and the way to have written what it has not written yet. */
export interface Log {
  readonly logger: Logger
  /** Settles once all is written, or soon where that cannot be done. */
  readonly flush: () => Promise<void>
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
export function createLog(
  level: LogLevel,
  write: (lines: string) => void,
): { readonly logger: Logger; readonly flush: () => void } {
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

/** The service's log on standard output. Lines that it does not take are dropped in the end, and their number is logged. */
export function logToStdout(level: LogLevel): Log {
  const output = new LogOutput((droppedLines) => {
    log.logger.warn({ droppedLines }, 'lines of the log were dropped, as they could not be written')
  })
  const log = createLog(level, (lines) => output.write(lines))
  const flush = (): Promise<void> => {
    log.flush()
    return output.flush()
  }
  return { logger: log.logger, flush }
}

/**
 * Standard output, for the log. A full disk behind it, or a reader that has gone or does not read, costs lines and
 * nothing else: the service works on, within its memory, and ends in time.
 */
class LogOutput {
  readonly #descriptor = nonBlockingStdout()
  readonly #onDropped: (lines: number) => void
  #waiting = ''
  #droppedLines = 0
  #writing: Promise<void> | undefined

  /** `onDropped` is called once lines can be written again, with the number of those that were dropped. */
  constructor(onDropped: (lines: number) => void) {
    this.#onDropped = onDropped
  }

  /** Takes whole lines, and writes them when it can. */
  write(lines: string): void {
    if (this.#waiting.length + lines.length <= MAX_WAITING_LENGTH) this.#waiting += lines
    else this.#droppedLines += lines.split('\n').length - 1
    this.#writing ??= this.#writeAll()
  }

  /** Settles once all is written, or soon where that cannot be done. */
  async flush(): Promise<void> {
    await Promise.race([this.#writing, delay(FLUSH_MS)])
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting !== '') {
      let bytes = Buffer.from(this.#waiting)
      this.#waiting = ''
      while (bytes.length > 0) bytes = bytes.subarray(await this.#write(bytes))
    }
    this.#writing = undefined
    if (this.#droppedLines > 0) this.#onDropped(this.#droppedLines)
    this.#droppedLines = 0
  }

  /** Answers how many bytes were written. */
  async #write(bytes: Buffer): Promise<number> {
    try {
      return (await writeSome(this.#descriptor, bytes)).bytesWritten
    } catch {
      // Whatever is in the way may pass.
      await delay(RETRY_MS)
      return 0
    }
  }
}

/** A write that waits for a reader would hold up the end of the process. */
function nonBlockingStdout(): number {
  // Node makes a pipe or socket so when it opens its own stream on it. It leaves a terminal as it is.
  if (!process.stdout.isTTY) return STDOUT
  try {
    return openSync('/dev/stdout', constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    return STDOUT
  }
}
