import { readdirSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Cleanup, temporaryFolder } from './service.ts'

/** Where Debian has the library that tells a process another time of day: one folder a processor architecture. */
const LIBRARIES = '/usr/lib'

/** Why a test that sets the clock of a real process is skipped; false when it is not. */
export const skipWithoutFakeTime =
  findLibrary() === undefined ? 'libfaketime is missing: apt-get install libfaketime' : false

/** A time of day for processes that are started with `env`, which leaves their other clocks alone. */
export interface FakeTime {
  readonly env: NodeJS.ProcessEnv
  /** Sets it ahead of the real one, by `+10d`, or back to it, by `+0`. */
  set(offset: string): Promise<void>
}

export async function fakeTime(test: Cleanup): Promise<FakeTime> {
  const file = join(await temporaryFolder(test), 'time')
  const set = async (offset: string): Promise<void> => {
    await writeFile(`${file}.new`, offset)
    await rename(`${file}.new`, file)
  }
  await set('+0')
  const env = {
    LD_PRELOAD: findLibrary() ?? '',
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  }
  return { env, set }
}

function findLibrary(): string | undefined {
  try {
    const found = readdirSync(LIBRARIES).flatMap((folder) => librariesIn(join(LIBRARIES, folder, 'faketime')))
    return found[0]
  } catch {
    return undefined
  }
}

function librariesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name === 'libfaketime.so.1')
      .map((name) => join(folder, name))
  } catch {
    return []
  }
}
