import { existsSync, openSync, closeSync, readSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { type StorePaths, storePaths } from './files.ts'

/**
 * SQLite's write-ahead log, as https://sqlite.org/fileformat2.html#walformat has it: a header, then frames. The checksum
 * of a frame is over all before it, so SQLite reads up to the first frame that does not fit and takes what follows for
 * the rest of an older log.
 */
const HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24

/** The part of a header that a checksum is of, in bytes. */
const CHECKED_HEADER_BYTES = 24
const CHECKED_FRAME_HEADER_BYTES = 8

const MAGIC = 0x377f0682

/** What of a log cannot be read. */
export interface LogDamage {
  /** A sentence that begins with the path of the log. */
  readonly message: string
  /** Whether a loss of power can have caused it, and then of nothing that was confirmed. */
  readonly isTorn: boolean
}

/** What the log has lost, in a sentence; undefined where SQLite can read all of it, and where a writer is at work. */
export function damageOfLog(path: string): string | undefined {
  const paths = storePaths(path)
  const damage = findDamage(paths.log)
  // A writer may just be appending, and has the end of the log in its index.
  return damage === undefined || isHeldByWriter(paths) ? undefined : damage.message
}

/** What cannot be read of a log that nobody writes to. */
export function findDamage(path: string): LogDamage | undefined {
  if (!existsSync(path)) return undefined
  const log = openSync(path, 'r')
  try {
    return damageIn(log, path)
  } finally {
    closeSync(log)
  }
}

function damageIn(log: number, path: string): LogDamage | undefined {
  const header = Buffer.alloc(HEADER_BYTES)
  if (readSync(log, header) < HEADER_BYTES) return undefined
  const isBigEndian = (header.readUInt32BE(0) & 1) === 1
  const sum = new LogChecksum(isBigEndian)
  sum.add(header.subarray(0, CHECKED_HEADER_BYTES))
  const hasMagic = (header.readUInt32BE(0) & ~1) >>> 0 === MAGIC
  if (!hasMagic || !sum.is(header.readUInt32BE(24), header.readUInt32BE(28))) {
    // SQLite syncs the header before it appends the first frame.
    const isTorn = readSync(log, header) === 0
    return { message: `${path} cannot be read: its first bytes are damaged`, isTorn }
  }
  const lostCommits = unreadableCommits(log, header, sum)
  if (lostCommits === 0) return undefined
  const message = `${path} has ${lostCommits} commits at its end that cannot be read; if it is one, the machine may have lost power before that was confirmed`
  return { message, isTorn: lostCommits === 1 }
}

/** How many commits follow the first frame that cannot be read. */
function unreadableCommits(log: number, header: Buffer, sum: LogChecksum): number {
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + header.readUInt32BE(8))
  let isReadable = true
  let commits = 0
  let hasData = false
  while (readSync(log, frame) === frame.length) {
    const isOfThisLog = sharesSalt(frame, header)
    isReadable &&= hasSalts(frame, header) && hasNextChecksum(frame, sum)
    if (isReadable || !isOfThisLog) continue
    // A check of the health commits the first page many times before a sync, and nothing with it.
    hasData ||= frame.readUInt32BE(0) !== 1
    if (frame.readUInt32BE(4) === 0) continue
    if (hasData) commits += 1
    hasData = false
  }
  return commits
}

function hasSalts(frame: Buffer, header: Buffer): boolean {
  return frame.subarray(8, 16).equals(header.subarray(16, 24))
}

/** Whether the frame was written since the log last began anew. One damaged bit leaves one of the two numbers as it was. */
function sharesSalt(frame: Buffer, header: Buffer): boolean {
  return (
    frame.readUInt32BE(8) === header.readUInt32BE(16) || frame.readUInt32BE(12) === header.readUInt32BE(20)
  )
}

function hasNextChecksum(frame: Buffer, sum: LogChecksum): boolean {
  sum.add(frame.subarray(0, CHECKED_FRAME_HEADER_BYTES))
  sum.add(frame.subarray(FRAME_HEADER_BYTES))
  return sum.is(frame.readUInt32BE(16), frame.readUInt32BE(20))
}

/** The checksum that runs through the log. */
class LogChecksum {
  readonly #isBigEndian: boolean
  #first = 0
  #second = 0

  constructor(isBigEndian: boolean) {
    this.#isBigEndian = isBigEndian
  }

  add(bytes: Buffer): void {
    for (let offset = 0; offset < bytes.length; offset += 8) {
      this.#first = (this.#first + this.#word(bytes, offset) + this.#second) >>> 0
      this.#second = (this.#second + this.#word(bytes, offset + 4) + this.#first) >>> 0
    }
  }

  is(first: number, second: number): boolean {
    return this.#first === first && this.#second === second
  }

  #word(bytes: Buffer, offset: number): number {
    return this.#isBigEndian ? bytes.readUInt32BE(offset) : bytes.readUInt32LE(offset)
  }
}

/** Whether a service has the store open. */
function isHeldByWriter(paths: StorePaths): boolean {
  if (!existsSync(paths.lock)) return false
  const lock = new DatabaseSync(paths.lock, { readOnly: true, timeout: 0 })
  try {
    lock.exec('SELECT 1 FROM sqlite_schema')
    return false
  } catch {
    return true
  } finally {
    lock.close()
  }
}
