import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { projectRoot } from '../servers/programs.ts'
import { withWorkingFolder } from '../servers/working-folder.ts'
import { median } from '../statistics.ts'

const SYNCS = 200
const BYTES_PER_GIB = 1024 ** 3

/** Names and values of what the figures depend on. */
export type MachineFacts = readonly (readonly [name: string, value: string])[]

/** How long the disk takes to make 4 KiB durable, in milliseconds: each commit waits for one such write. */
export function timeSync(): Promise<number> {
  return withWorkingFolder(async (folder) => {
    const block = Buffer.alloc(4096)
    const file = openSync(join(folder, 'sync'), 'w')
    const times = Array.from({ length: SYNCS }, () => {
      const startedAtMs = performance.now()
      writeSync(file, block)
      fdatasyncSync(file)
      return performance.now() - startedAtMs
    })
    closeSync(file)
    return median(times)
  })
}

async function fastifyVersion(): Promise<string> {
  const manifest = await readFile(join(projectRoot, 'node_modules', 'fastify', 'package.json'), 'utf8')
  return Value.Parse(Type.Object({ version: Type.String() }), JSON.parse(manifest)).version
}

/** How many processes of others wanted a core in the last minute. More than a few tenths spoil the figures. */
export function otherWork(): number {
  return loadavg()[0] ?? 0
}

export async function describeMachine(otherWorkBefore: number): Promise<MachineFacts> {
  return [
    ['Date', new Date().toISOString().slice(0, 10)],
    ['Processor', `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores`],
    ['Memory', `${(totalmem() / BYTES_PER_GIB).toFixed(1)} GiB`],
    ['System', `${type()} ${release()}`],
    ['Disk', `${(await timeSync()).toFixed(2)} ms to make 4 KiB durable (median of ${SYNCS})`],
    ['Load average before the run', otherWorkBefore.toFixed(2)],
    ['Node.js', process.versions.node],
    ['SQLite', process.versions['sqlite'] ?? 'unknown'],
    ['Fastify', await fastifyVersion()],
  ]
}
