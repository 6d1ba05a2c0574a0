import { readFileSync, readdirSync } from 'node:fs'

/** What a process and its descendants have used. */
export interface Usage {
  /** User and system time together, in steps of 10 ms. */
  readonly cpuMs: number
  /** Resident memory; what processes share is counted in each. */
  readonly residentBytes: number
}

// The kernel counts in hundredths of a second here, whatever the machine.
const MS_PER_TICK = 10
const PAGE_BYTES = 4096
const USER_TICKS_FIELD = 11
const SYSTEM_TICKS_FIELD = 12
const ENDED_CHILDREN_TICKS_FIELDS = [13, 14]
const RESIDENT_PAGES_FIELD = 21

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').split(' ').filter(Boolean).map(Number),
  )
}

/** A child that has just ended has left its time with its parent. */
function usageOfChild(pid: number): Usage {
  try {
    return usageOf(pid)
  } catch {
    return { cpuMs: 0, residentBytes: 0 }
  }
}

/** Reads `/proc`, so it works on Linux only. */
export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  // The second field is the name in parentheses and may hold spaces.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const ticks = [USER_TICKS_FIELD, SYSTEM_TICKS_FIELD, ...ENDED_CHILDREN_TICKS_FIELDS].map(
    (field) => fields[field] ?? 0,
  )
  let cpuMs = ticks.reduce((sum, each) => sum + each, 0) * MS_PER_TICK
  let residentBytes = (fields[RESIDENT_PAGES_FIELD] ?? 0) * PAGE_BYTES
  for (const child of childrenOf(pid)) {
    const usage = usageOfChild(child)
    cpuMs += usage.cpuMs
    residentBytes += usage.residentBytes
  }
  return { cpuMs, residentBytes }
}
