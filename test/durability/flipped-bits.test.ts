import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { StoreOpenError } from '../../src/storage/store.ts'
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import { verifySqlite } from '../../src/storage/sqlite/verify-sqlite.ts'
import { inLanes } from '../support/load.ts'
import { answersOf, fillManySided, optionsOfManySided } from '../support/many-sided-books.ts'
import { Random } from '../support/random.ts'
import { rounds as roundsOf } from '../support/rounds.ts'
import { temporaryFolder } from '../support/service.ts'

const rounds = roundsOf({ quick: 100, full: 1_000 })
const seed = Number(process.env['ATM_FLIPPED_BITS_SEED'] ?? randomInt(2 ** 31))

/** A store on disk: as it is after a kill, or after a clean stop with no log. */
interface Files {
  readonly file: Buffer
  readonly log: Buffer
}

const NO_LOG = Buffer.alloc(0)

/** What became of a flip. */
type End = 'found' | 'refused' | 'harmless'

async function write(path: string, { file, log }: Files): Promise<void> {
  // What a round before has left of the lock and of the log's index is of no account.
  for (const part of ['-lock', '-shm']) await rm(`${path}${part}`, { force: true })
  await writeFile(path, file)
  await writeFile(`${path}-wal`, log)
}

/** A line for people, as the program prints it. */
function assertOneLine(message: string): void {
  assert.match(message, /^[^\n]+$/)
}

async function verdictOn(path: string): Promise<'in order' | 'found'> {
  try {
    const { firstDifferences } = await verifySqlite(path)
    firstDifferences.forEach(assertOneLine)
    return firstDifferences.length === 0 ? 'in order' : 'found'
  } catch (error) {
    assert.ok(error instanceof StoreOpenError, String(error))
    assertOneLine(error.message)
    return 'found'
  }
}

async function endOf(path: string, expected: unknown): Promise<End> {
  if ((await verdictOn(path)) === 'found') return 'found'
  let store: SqliteStore
  try {
    store = new SqliteStore(path, optionsOfManySided)
  } catch (error) {
    assert.ok(error instanceof StoreOpenError, String(error))
    assertOneLine(error.message)
    return 'refused'
  }
  try {
    assert.deepEqual(await answersOf(store), expected)
    return 'harmless'
  } finally {
    await store.close()
  }
}

/** Where there is a folder in memory, nobody waits for a disk that is of no account here. */
const MEMORY = '/dev/shm'

const LOG_HEADER_BYTES = 32
const FRAME_BYTES = 24 + 4_096

describe('a flipped bit', () => {
  const cleanups: (() => Promise<void>)[] = []
  let folder = ''
  let killed: Files = { file: NO_LOG, log: NO_LOG }
  let stopped = killed
  let expected: unknown

  before(async () => {
    folder = await temporaryFolder(
      { after: (hook) => cleanups.push(hook) },
      existsSync(MEMORY) ? MEMORY : undefined,
    )
    const original = join(folder, 'original.db')
    const store = await fillManySided(original)
    killed = { file: await readFile(original), log: await readFile(`${original}-wal`) }
    await store.close()
    stopped = { file: await readFile(original), log: NO_LOG }

    const healthy = join(folder, 'healthy.db')
    await write(healthy, killed)
    assert.deepEqual((await verifySqlite(healthy)).firstDifferences, [])
    const opened = new SqliteStore(healthy, optionsOfManySided)
    expected = await answersOf(opened)
    await opened.close()
  })
  after(() => Promise.all(cleanups.map((cleanup) => cleanup())))

  test(
    `is found by verify, or changes no answer, each of ${rounds} in a file and its log`,
    { timeout: 60_000 + rounds * 1_000 },
    async (t) => {
      const random = new Random(seed)
      const ends = { found: 0, refused: 0, harmless: 0 }
      // Side by side, as most of the time may go into waiting for the disk.
      const lanes = Array.from({ length: 4 }, (_, lane) => join(folder, `damaged-${lane}.db`))
      await inLanes(lanes, rounds, async (damaged, round) => {
        const [state, files, part] = random.pick([
          ['stopped', stopped, 'file'],
          ['stopped', stopped, 'file'],
          ['killed', killed, 'file'],
          ['killed', killed, 'log'],
        ] as const)
        const place = random.integer(0, files[part].length - 1)
        const bit = random.integer(0, 7)
        await write(damaged, flipped(files, part, place, bit))
        try {
          ends[await endOf(damaged, expected)] += 1
        } catch (cause) {
          throw new Error(
            `bit ${bit} of byte ${place} of the ${part} of a store that was ${state}, round ${round} of ATM_FLIPPED_BITS_SEED=${seed}`,
            { cause },
          )
        }
      })
      // Nearly half of so small a file is pages of tables and indexes in which there is little or nothing.
      assert.ok(ends.found > rounds / 4, JSON.stringify(ends))
      t.diagnostic(
        `seed ${seed}, of ${stopped.file.length} and ${killed.log.length} bytes: ${JSON.stringify(ends)}`,
      )
    },
  )

  test('is found wherever it is in the first and in the last frame of a log', async () => {
    const damaged = join(folder, 'damaged-log.db')
    const last = killed.log.length - FRAME_BYTES
    const places = [0, 12, 16, 20, 24, 28, ...[LOG_HEADER_BYTES, last].flatMap(fieldsOfFrame)]
    for (const place of places) {
      await write(damaged, flipped(killed, 'log', place, 0))
      assert.equal(await verdictOn(damaged), 'found', `byte ${place}`)
    }
  })

  test('is found where it only changes the case of a name of a column', async () => {
    const damaged = join(folder, 'damaged-name.db')
    // Where SQLite has split the page of declarations, a copy of no account is left behind: all copies are changed.
    let files = stopped
    const places = [...stopped.file.toString('latin1').matchAll(/opened_at_ms/g)]
    assert.ok(places.length > 0)
    for (const { index } of places) files = flipped(files, 'file', index, 5)
    await write(damaged, files)
    assert.equal(await verdictOn(damaged), 'found')
  })
})

function flipped(files: Files, part: keyof Files, place: number, bit: number): Files {
  const bytes = Buffer.from(files[part])
  bytes.writeUInt8(bytes.readUInt8(place) ^ (1 << bit), place)
  return { ...files, [part]: bytes }
}

/** Number of the page, size of the database, both salts, both sums, and the page itself. */
function fieldsOfFrame(start: number): readonly number[] {
  return [0, 4, 8, 12, 16, 20, 24, FRAME_BYTES - 1].map((offset) => start + offset)
}
