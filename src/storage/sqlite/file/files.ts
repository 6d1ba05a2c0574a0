import {
  type BigIntStats,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { StoreOpenError } from '../../store.ts'

/** The files of a store by their real paths: SQLite names those beside the database after the target of a link. */
export interface StorePaths {
  readonly database: string
  /** The write-ahead log. */
  readonly log: string
  /** The index of the log, which all processes that have the file open share. */
  readonly index: string
  readonly lock: string
}

/** Where the files of the store at `path` are, or will be. Makes the folder. */
export function storePaths(path: string): StorePaths {
  makeFolder(dirname(resolve(path)))
  const database = realPathOf(resolve(path))
  return { database, log: `${database}-wal`, index: `${database}-shm`, lock: `${database}-lock` }
}

/** How many bytes the file has; 0 when there is none. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

/** Throws `StoreOpenError` where SQLite would take a store for a new one and delete its log, or another name leads to it. */
export function refuseUnsafeFiles(path: string, { database, log }: StorePaths): void {
  // A database that was moved and linked to has left its log behind.
  const logBesideLink = `${resolve(path)}-wal`
  if (sizeOf(logBesideLink) > 0 && realpathSync(logBesideLink) !== log) {
    throw new StoreOpenError(
      `${path} leads to ${database}, but ${logBesideLink} may have operations of it; put the database back beside its log, or remove that log if it is another's`,
    )
  }
  if (statSync(database, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new StoreOpenError(`${database} is a folder; give --store the path of a file`)
  if (isMounted(database)) {
    throw new StoreOpenError(
      `${database} is mounted as a single file, so its log would be elsewhere and another process could use it by its first name; mount its folder instead`,
    )
  }
  if (sizeOf(database) === 0 && sizeOf(log) > 0) {
    throw new StoreOpenError(
      `${database} is missing or empty, but ${log} has operations of it; put the file back, or restore a backup and remove the log`,
    )
  }
  if ((statSync(database, { throwIfNoEntry: false })?.nlink ?? 1) > 1) {
    throw new StoreOpenError(
      `${database} has other names (hard links), under which another process could change it; remove them or use a copy`,
    )
  }
}

/** Whether the file itself is a mount point: it then has a second name, beside which there is another log and lock. */
function isMounted(path: string): boolean {
  const mounts = '/proc/self/mountinfo'
  if (!existsSync(mounts)) return false
  // White space and the backslash stand in octal there.
  const name = path.replaceAll(/[ \t\n\\]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`)
  return readFileSync(mounts, 'utf8')
    .split('\n')
    .some((line) => line.split(' ')[4] === name)
}

/** Makes an empty file that only its owner may read, unless there is one. SQLite gives the files beside it the same rights. */
export function makePrivateFile(path: string): void {
  // An existing one must not be opened here: closing it would drop the locks that this process has on it.
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
}

/** Makes the folder and those above it. Node's own recursive way never returns where the system denies a folder's existence. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}

/** The target of a link need not exist yet. */
function realPathOf(path: string): string {
  const entry = lstatSync(path, { throwIfNoEntry: false })
  if (entry === undefined) return join(realpathSync(dirname(path)), basename(path))
  // Throws for links that lead in a circle.
  if (entry.isSymbolicLink() && statSync(path, { throwIfNoEntry: false }) === undefined)
    return realPathOf(resolve(dirname(path), readlinkSync(path)))
  return realpathSync(path)
}

/** The files that SQLite has open, which it would go on to use after they were removed, replaced or cut short. */
export class WatchedFiles {
  readonly database: WatchedFile
  readonly log: WatchedFile
  readonly index: WatchedFile

  /** All of them must be there. */
  constructor({ database, log, index }: StorePaths) {
    this.database = new WatchedFile(database)
    this.log = new WatchedFile(log)
    this.index = new WatchedFile(index)
  }

  /** Looks at each, and finds one that has been removed or replaced, also by a link to it. */
  findLost(): WatchedFile | undefined {
    return [this.database, this.log, this.index].find((file) => !file.isThere())
  }
}

/** A file as it was when it was opened and when it was last looked at. */
export class WatchedFile {
  readonly name: string
  readonly #path: string
  readonly #opened: BigIntStats | undefined
  #latest: BigIntStats | undefined

  constructor(path: string) {
    this.name = basename(path)
    this.#path = path
    this.#opened = this.#look()
  }

  /** Looks again. */
  isThere(): boolean {
    const latest = this.#look()
    return latest !== undefined && latest.ino === this.#opened?.ino && latest.dev === this.#opened.dev
  }

  get modifiedMs(): bigint {
    return this.#latest?.mtimeMs ?? 0n
  }

  get size(): number {
    return Number(this.#latest?.size ?? 0n)
  }

  #look(): BigIntStats | undefined {
    this.#latest = lstatSync(this.#path, { bigint: true, throwIfNoEntry: false })
    return this.#latest
  }
}
