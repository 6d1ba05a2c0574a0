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

/** What the log has lost, in a sentence; undefined where SQLite can read all of it, and where a writer is at work. */
export function damageOfLog(path: string): string | undefined {
  const paths = storePaths(path)
  if (!existsSync(paths.log)) return undefined
  const log = openSync(paths.log, 'r')
  try {
    const damage = damageIn(log)
    // A writer may just be appending, and has the end of the log in its index.
    return damage === undefined || isHeldByWriter(paths) ? undefined : `${paths.log} ${damage}`
  } finally {
    closeSync(log)
  }
}

function damageIn(log: number): string | undefined {
  const header = Buffer.alloc(HEADER_BYTES)
  if (readSync(log, header) < HEADER_BYTES) return undefined
  const isBigEndian = (header.readUInt32BE(0) & 1) === 1
  const sum = new LogChecksum(isBigEndian)
  sum.add(header.subarray(0, CHECKED_HEADER_BYTES))
  const hasMagic = (header.readUInt32BE(0) & ~1) >>> 0 === MAGIC
  if (!hasMagic || !sum.is(header.readUInt32BE(24), header.readUInt32BE(28)))
    return 'cannot be read: its first bytes are damaged'
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + header.readUInt32BE(8))
  let isReadable = true
  let lostCommits = 0
  while (readSync(log, frame) === frame.length) {
    const isOfThisLog = sharesSalt(frame, header)
    isReadable &&= hasSalts(frame, header) && hasNextChecksum(frame, sum)
    if (!isReadable && isOfThisLog && frame.readUInt32BE(4) !== 0) lostCommits += 1
  }
  if (lostCommits === 0) return undefined
  return `has ${lostCommits} commits at its end that cannot be read; if it is one, the machine may have lost power before that was confirmed`
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
