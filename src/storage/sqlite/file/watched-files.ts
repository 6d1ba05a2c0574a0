import { type BigIntStats, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { StorePaths } from './paths.ts'

/** The files that SQLite has open, which it would go on to use after they were removed or replaced. */
export class WatchedFiles {
  readonly #database: WatchedFile
  readonly #files: readonly WatchedFile[]

  /** All of them must be there. */
  constructor({ database, log, index }: StorePaths) {
    this.#database = new WatchedFile(database)
    this.#files = [this.#database, new WatchedFile(log), new WatchedFile(index)]
  }

  /** What is wrong with one of them; undefined when none has been removed or replaced. */
  findLoss(): string | undefined {
    const lost = this.#files.find((file) => !file.isThere())
    return lost && `${basename(lost.path)} was removed or replaced while it was in use`
  }

  /** When the database itself was last written to, as of the latest `findLoss`. */
  get databaseModifiedMs(): bigint {
    return this.#database.modifiedMs
  }
}

class WatchedFile {
  readonly path: string
  readonly #opened: BigIntStats | undefined
  #latest: BigIntStats | undefined

  constructor(path: string) {
    this.path = path
    this.#opened = this.#look()
  }

  isThere(): boolean {
    const latest = this.#look()
    return latest !== undefined && latest.ino === this.#opened?.ino && latest.dev === this.#opened.dev
  }

  get modifiedMs(): bigint {
    return this.#latest?.mtimeMs ?? 0n
  }

  #look(): BigIntStats | undefined {
    this.#latest = statSync(this.path, { bigint: true, throwIfNoEntry: false })
    return this.#latest
  }
}
