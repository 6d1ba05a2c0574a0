import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { childrenOf, freezeServer, isRunning, sendSignal } from './postgres-processes.ts'

/**
 * Waits until the process that started it lets go of its standard input, be it on purpose or by dying, and then
 * ends every server whose data is in the folder and removes the folder. So no server survives a killed test run.
 */
const [, , folder = ''] = process.argv
const PATIENCE_MS = 5_000

/** The first line of the lock file in its data folder is the server's process id. */
function serversIn(parent: string): number[] {
  return readdirSync(parent).flatMap((name) => {
    try {
      return [Number(readFileSync(join(parent, name, 'postmaster.pid'), 'utf8').split('\n')[0])]
    } catch {
      return []
    }
  })
}

/** An immediate shutdown gives the system its shared memory back, which a kill does not. */
async function end(server: number): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  sendSignal(server, 'SIGQUIT')
  for (const pid of [server, ...childrenOf(server)]) sendSignal(pid, 'SIGCONT')
  while (isRunning(server)) {
    if (performance.now() > deadline) for (const pid of freezeServer(server)) sendSignal(pid, 'SIGKILL')
    await pause(10)
  }
}

/** A server that is only just starting is found the second time, when its folder cannot be removed. */
async function clear(attempts = 10): Promise<void> {
  await Promise.all(serversIn(folder).map(end))
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch (error) {
    if (attempts === 0) throw error
    await pause(100)
    await clear(attempts - 1)
  }
}

process.stdin.resume()
process.stdin.on('end', () => void clear())
