import { existsSync, readFileSync } from 'node:fs'

export interface Resident {
  readonly nowBytes: number
  /** The most that it has been since the process began. */
  readonly peakBytes: number
}

/** The resident memory of a process, or undefined on a system that does not tell it in this way. */
export function residentMemory(pid: number | undefined): Resident | undefined {
  const path = `/proc/${pid}/status`
  if (pid === undefined || !existsSync(path)) return undefined
  const status = readFileSync(path, 'latin1')
  const bytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024
  return { nowBytes: bytes('VmRSS'), peakBytes: bytes('VmHWM') }
}
