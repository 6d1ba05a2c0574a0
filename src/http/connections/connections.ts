import { existsSync, readFileSync } from 'node:fs'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { answerRefusal, faultAnswer } from './protocol-faults.ts'
import { Connection } from './connection.ts'

/** How much of the service its clients may take up. */
export interface ConnectionBounds {
  /** How many connections may be open; those beyond are refused. */
  readonly connections: number
  /** How much may wait on all connections together: requests behind others, and answers that nobody reads. */
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

/** How often the connections are looked at: no bound is kept more exactly than this. */
export const CHECK_MS = 500

/** How many connections beyond the bound are answered that it is reached; those after them are closed at once. */
const SURPLUS_CONNECTIONS = 64

/** Looking at all connections costs as much as serving a request, so it is done once for this many that wait. */
const CHECKED_REQUESTS = 256

/** However many connections are closed, the log has one line for them in this time. */
const REPORT_MS = 10_000

/** All connections of the service, and the bounds that they are held to. */
export class Connections {
  readonly bounds: ConnectionBounds
  readonly #logger: Logger
  readonly #open = new Map<Duplex, Connection>()
  readonly #checks: NodeJS.Timeout
  #waited = 0
  #closed = { refused: 0, unread: 0, overfull: 0 }
  #reportAtMs = 0

  constructor(bounds: ConnectionBounds, logger: Logger) {
    this.bounds = bounds
    this.#logger = logger
    this.#checks = setInterval(() => this.#check(), CHECK_MS).unref()
  }

  open(socket: Socket): void {
    const isSurplus = this.#open.size >= this.bounds.connections
    if (isSurplus) this.refused()
    if (this.#open.size >= this.bounds.connections + SURPLUS_CONNECTIONS) {
      socket.destroy()
      return
    }
    this.#open.set(socket, new Connection(socket, isSurplus))
    socket.on('close', () => this.#open.delete(socket))
  }

  /** Has the request served when it is its turn on its connection. */
  serve(request: IncomingMessage, response: ServerResponse, handle: RequestListener): void {
    const connection = this.#open.get(request.socket)
    const mustWait = connection?.serve(request, response, connection.isSurplus ? answerRefusal : handle)
    if (mustWait !== true) return
    this.#waited += 1
    if (this.#waited % CHECKED_REQUESTS === 0) this.#relieve()
  }

  /** Answers bytes that are no request, or stay one that is not whole, when the requests before them are answered. */
  fail(error: Error & { readonly code?: string }, socket: Duplex): void {
    if (error.code === 'ECONNRESET') socket.destroy()
    else this.#open.get(socket)?.endWith(faultAnswer(error.code))
  }

  /** Answers who wants a tunnel, on a connection that Node no longer cares for. */
  endTunnel(socket: Duplex, answer: string): void {
    const connection = this.#open.get(socket)
    connection?.drainBy(socket)
    connection?.endWith(answer)
  }

  /** Counts a connection that could not be taken on. */
  refused(): void {
    this.#closed.refused += 1
  }

  /** Must be called when the server is closed. */
  stop(): void {
    clearInterval(this.#checks)
    this.#report(Infinity)
  }

  #check(): void {
    const nowMs = performance.now()
    for (const connection of this.#open.values()) {
      if (!connection.isStuck(nowMs, this.bounds.timeoutMs)) continue
      connection.cut()
      this.#closed.unread += 1
    }
    this.#relieve()
    this.#report(nowMs)
  }

  /** Closes the connections on which most is waiting, until what waits is within the bound. */
  #relieve(): void {
    const loaded = [...this.#open.values()].map((connection) => ({
      connection,
      bytes: connection.backlogBytes,
    }))
    let total = loaded.reduce((sum, { bytes }) => sum + bytes, 0)
    if (total <= this.bounds.backlogBytes) return
    for (const { connection, bytes } of loaded.toSorted((one, other) => other.bytes - one.bytes)) {
      if (total <= this.bounds.backlogBytes) return
      connection.cut()
      this.#closed.overfull += 1
      total -= bytes
    }
  }

  #report(nowMs: number): void {
    const { refused, unread, overfull } = this.#closed
    if (nowMs < this.#reportAtMs || refused + unread + overfull === 0) return
    this.#logger.warn(
      { connections: this.#open.size, refused, unread, overfull },
      'connections were closed to stay within the bounds',
    )
    this.#closed = { refused: 0, unread: 0, overfull: 0 }
    this.#reportAtMs = nowMs + REPORT_MS
  }
}
