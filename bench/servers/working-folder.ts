import { mkdirSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { projectRoot } from './programs.ts'

// Not the system's folder for temporary files: that may be in memory, where making a commit durable costs nothing.
const parent = join(projectRoot, 'data')

const inUse = new Set<string>()

/** Lends an empty folder on the project's own disk to the work, and removes it after. */
export async function withWorkingFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  mkdirSync(parent, { recursive: true })
  const folder = await mkdtemp(join(parent, 'bench-'))
  inUse.add(folder)
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
    inUse.delete(folder)
  }
}

/** Leaves no store of gigabytes behind when the benchmark is interrupted. */
export function removeFoldersOnInterrupt(): void {
  process.once('SIGINT', () => {
    for (const folder of inUse) rmSync(folder, { recursive: true, force: true })
    process.exit(130)
  })
}
