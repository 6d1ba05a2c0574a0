import { existsSync, readFileSync } from 'node:fs'

/** How much of the service its clients may take up. */
export interface ConnectionBounds {
  /** So many connections may be open; whoever comes after them is refused. */
  readonly connections: number
  /** So much may wait on all connections together: requests behind others, and answers that nobody reads. */
  readonly backlogBytes: number
  /** Within this time a request must be whole, and a client must take a part of its answer. */
  readonly timeoutMs: number
}

const MAX_CONNECTIONS = 2_000

/** For everything else that has a descriptor, and for the connections that are open only to be refused. */
const OTHER_DESCRIPTORS = 160

/** The bounds of a service that is alone in its process. */
export function defaultBounds(): ConnectionBounds {
  return {
    connections: Math.max(1, Math.min(MAX_CONNECTIONS, descriptorLimit() - OTHER_DESCRIPTORS)),
    backlogBytes: 64 * 1_024 * 1_024,
    timeoutMs: 30_000,
  }
}

/** How many files and connections this process may have open, where the system says so. */
function descriptorLimit(): number {
  const path = '/proc/self/limits'
  const limits = existsSync(path) ? readFileSync(path, 'latin1') : ''
  return Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? Infinity)
}
