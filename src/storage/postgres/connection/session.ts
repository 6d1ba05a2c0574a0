import { connect, type Socket } from 'node:net'
import postgres from 'postgres'
import type { Row } from '../../row-values.ts'
import { encrypted } from './encryption.ts'
import { ConnectionLost, failureFrom } from './failures.ts'
import type { Address, Target } from './url.ts'

/** A value for `$1`; lists are given as text, see `arrays.ts`. */
export type Parameter = string | number | Buffer

/** All integers are read as `bigint`, so that no cent is rounded; NUMERIC is used for whole numbers alone. */
const integers = {
  bigint: {
    to: 20,
    from: [20, 21, 23, 1700],
    serialize: (value: bigint): string => value.toString(),
    parse: (text: string): bigint => BigInt(text),
  },
}

/**
 * Lets the server look every second whether anyone still waits for a statement, so that one that was given up does
 * not go on waiting for a lock, nor hold its own. It does no harm to others behind a pooler.
 */
const WATCH_CLIENT = 'SET client_connection_check_interval = 1000'

/** How long a connection may take to end, in seconds. */
const END_WITHIN_SECONDS = 1

/**
 * One connection to one server. It never connects again by itself: its users have to know when it is a new one. Everything that waits on it is rejected at once when it is lost or destroyed, whatever the network does.
 */
export class Session {
  readonly #client: postgres.Sql<{ bigint: bigint }>
  readonly #socket: Socket
  readonly #prepares: boolean
  readonly #waiting = new Set<(error: Error) => void>()
  #lost: Error | undefined

  private constructor(socket: Socket, address: Address, target: Target) {
    this.#socket = socket
    this.#prepares = target.prepares
    let isTaken = false
    const options = {
      ...(target.user !== undefined && { user: target.user }),
      ...(target.password !== undefined && { password: target.password }),
      ...(target.database !== undefined && { database: target.database }),
      host: address.host,
      port: address.port,
      // The socket is encrypted already, where it is to be.
      ssl: false as const,
      connection: { application_name: target.applicationName },
      prepare: target.prepares,
      types: integers,
      max: 1,
      idle_timeout: 0,
      connect_timeout: 0,
      max_lifetime: null,
      fetch_types: false,
      onnotice: (): void => undefined,
      // A moment later: statements under way fail with the cause first, where there is one, such as a wrong password.
      onclose: (): void =>
        void setImmediate(() => this.destroy(new ConnectionLost('the server closed the connection'))),
      // Its own sockets would connect again unasked, and cannot be destroyed when a server is frozen.
      socket: (): Socket => {
        if (isTaken) throw new ConnectionLost('the connection is lost')
        isTaken = true
        return socket
      },
    }
    this.#client = postgres(options)
  }

  /** Connects to a server that takes writes, or rejects after `withinMs`. */
  static async open(address: Address, target: Target, withinMs: number): Promise<Session> {
    const { host, port, path } = address
    const socket = connect(path === undefined ? { host, port } : { path })
    socket.setNoDelay(true)
    // The client library names the server by this in its errors.
    Object.assign(socket, { host, port })
    let session: Session | undefined
    // The client library listens only a moment later, and an error without a listener ends the process.
    socket.on('error', (error) => session?.destroy(error))
    const timeout = new ConnectionLost(`no answer within ${Math.round(withinMs)} ms`)
    const timer = setTimeout(
      () => (session === undefined ? socket.destroy(timeout) : session.destroy(timeout)),
      withinMs,
    )
    try {
      await connected(socket)
      if (socket.errored) throw socket.errored
      session = new Session(await encrypted(socket, address, target.encryption), address, target)
      // The first statement fails with the reason why the server lets nobody in.
      const readOnly = session.query('SHOW transaction_read_only')
      // A server that does not know the setting does without it.
      const watching = session.query(WATCH_CLIENT).catch((error: unknown) => {
        if (failureFrom(error) !== 'final') throw error
      })
      const [[row]] = await Promise.all([readOnly, watching])
      if (row?.['transaction_read_only'] === 'on') throw new Error('the server takes no writes')
      return session
    } catch (error) {
      session?.destroy(new ConnectionLost('the connection was not usable'))
      socket.destroy()
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  get isLost(): boolean {
    return this.#lost !== undefined
  }

  /**
   * Sends a statement. Statements are carried out in the order in which they were sent, and several may be sent
   * before the first is answered. Without parameters it may be several, separated by semicolons.
   */
  query(text: string, parameters: readonly Parameter[] = []): Promise<readonly Row[]> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost)
    const rows: Row[] = []
    // The client library's own list of rows begins with holes after a statement that failed in mid-result.
    const query = this.#client
      .unsafe<Row[]>(text, [...parameters], { prepare: this.#prepares })
      .forEach((row) => void rows.push(row))
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject)
      query.then(() => resolve(rows), reject).finally(() => this.#waiting.delete(reject))
    })
  }

  /** Does the work, and destroys the connection when that takes longer. */
  async within<Result>(limitMs: number, work: () => Promise<Result>): Promise<Result> {
    const timer = setTimeout(
      () => this.destroy(new ConnectionLost(`the server gave no answer within ${Math.round(limitMs)} ms`)),
      limitMs,
    )
    try {
      return await work()
    } finally {
      clearTimeout(timer)
    }
  }

  destroy(reason: Error): void {
    if (this.#lost !== undefined) return
    this.#lost = reason
    this.#socket.destroy()
    for (const reject of this.#waiting) reject(reason)
    this.#waiting.clear()
  }

  /** Ends the connection. Nothing may be under way. */
  async close(): Promise<void> {
    if (this.#lost !== undefined) return
    await this.#client.end({ timeout: END_WITHIN_SECONDS })
    this.destroy(new ConnectionLost('the connection was closed'))
  }
}

/**
 * The results of statements of one transaction. Where some have failed it rejects with what the first of them met: those
 * after it failed because of that.
 */
export async function resultsInOrder<Result>(sent: readonly Promise<Result>[]): Promise<readonly Result[]> {
  // None of the others may fail unheard.
  void Promise.allSettled(sent)
  const results: Result[] = []
  for (const each of sent) results.push(await each)
  return results
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve()
    })
  })
}
