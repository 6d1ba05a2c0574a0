import { execFile } from 'node:child_process'
import { closeSync, openSync, writeSync } from 'node:fs'
import { mkdtemp, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Cleanup } from './service.ts'

const execute = promisify(execFile)

const DISK_BYTES = 3_000_000

/** A disk of a few megabytes that goes with the test, where this user may mount one. */
export async function mountSmallDisk(t: Cleanup): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'mini-atm-disk-'))
  try {
    await execute('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', folder])
  } catch {
    await rmdir(folder)
    return undefined
  }
  t.after(async () => {
    // Also while a file on it is open still.
    await execute('umount', ['--lazy', folder])
    await rmdir(folder)
  })
  return folder
}

/** Writes a file that leaves no room on its disk. */
export function fill(path: string): void {
  const file = openSync(path, 'w')
  try {
    for (const length of [65_536, 1]) {
      const bytes = Buffer.alloc(length)
      try {
        for (;;) writeSync(file, bytes)
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
      }
    }
  } finally {
    closeSync(file)
  }
}
