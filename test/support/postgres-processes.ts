import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

interface Process {
  readonly pid: number
  readonly parentPid: number
  /** `Z` when it has ended and only waits to be taken note of. */
  readonly state: string
}

function processTable(): Process[] {
  if (process.platform === 'linux') return readdirSync('/proc').flatMap(readProcess)
  const table = execFileSync('ps', ['-A', '-o', 'pid=', '-o', 'ppid=', '-o', 'state='], { encoding: 'utf8' })
  return table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parentPid, state = '']) => ({ pid: Number(pid), parentPid: Number(parentPid), state }))
}

/** Linux tells state and parent behind the name, which may have any sign in it. */
function readProcess(name: string): Process[] {
  if (!/^\d+$/.test(name)) return []
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
    const [state = '', parentPid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return [{ pid: Number(name), parentPid: Number(parentPid), state }]
  } catch {
    return []
  }
}

export function isRunning(pid: number): boolean {
  return processTable().some((each) => each.pid === pid && !each.state.startsWith('Z'))
}

/** The server's own processes: its connections, its writers. */
export function childrenOf(pid: number): number[] {
  return processTable()
    .filter(({ parentPid }) => parentPid === pid)
    .map((child) => child.pid)
}

/** Sends the signal; answers whether there was a process to get it. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/**
 * Stops the server and all of its processes where they stand. The server goes first, as it would otherwise
 * start others meanwhile. Answers all that it has stopped.
 */
export function freezeServer(pid: number): number[] {
  sendSignal(pid, 'SIGSTOP')
  const all = [pid, ...childrenOf(pid)]
  for (const each of all) sendSignal(each, 'SIGSTOP')
  return all
}
