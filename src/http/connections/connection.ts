import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Socket } from 'node:net'

/** What a waiting request takes up besides its bytes: twice what was measured. */
const WAITING_REQUEST_BYTES = 4_096

/** Node reads so much of a connection at once: more than that is never behind a request under way. */
const READ_BYTES = 65_536

/** So long a connection that was ended may take to read the last answer and close its side. */
const LINGER_MS = 2_000

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly handle: RequestListener
}

/**
 * One connection, whose requests are served one after another: each sees what the one before it did, and no answer is
 * overtaken. While requests wait the connection is not read any further, so that a client that sends faster than it
 * reads fills its own buffers instead of the service's memory.
 */
export class Connection {
  /** Whether it is one too many: its requests are refused. */
  readonly isSurplus: boolean
  readonly #socket: Socket
  #current: Exchange | undefined
  #waiting: Exchange[] = []
  /** The request that arrived last, for as long as it may not be whole. */
  #latest: IncomingMessage | undefined
  /** What is sent after the answers that are due, before the connection is closed. */
  #lastAnswer: string | undefined
  /** Whether the latest request is the last one that is served. */
  #isLast = false
  #isHeld = false
  #hasHeld = false
  #taken = 0
  #takenAtMs = performance.now()
  #endsAtMs = Infinity

  constructor(socket: Socket, isSurplus: boolean) {
    this.#socket = socket
    this.isSurplus = isSurplus
    // Once a client has asked for a tunnel, nobody else listens for this any more.
    socket.on('error', () => socket.destroy())
  }

  /** What waits on the connection, in bytes. */
  get backlogBytes(): number {
    const waiting = this.#waiting.length
    return this.#socket.writableLength + (waiting === 0 ? 0 : READ_BYTES + waiting * WAITING_REQUEST_BYTES)
  }

  /** Serves the request once those before it have been answered. Answers whether it has to wait. */
  serve(request: IncomingMessage, response: ServerResponse, handle: RequestListener): boolean {
    if (this.#isLast || this.#lastAnswer !== undefined || !this.#socket.writable) return false
    if (request.headers.upgrade !== undefined) {
      // Node loses its place in the bytes behind such a request, and would read a part of a body as a request.
      response.shouldKeepAlive = false
      this.#isLast = true
    }
    this.#latest = request
    const exchange = { request, response, handle }
    if (this.#current === undefined) {
      this.#begin(exchange)
      return false
    }
    this.#waiting.push(exchange)
    this.#hold()
    return true
  }

  /** Closes the connection after the answers that are due, with a last one that no request has a claim to. */
  endWith(answer: string): void {
    if (this.#lastAnswer !== undefined || !this.#socket.writable) return
    this.#lastAnswer = answer
    this.#hold()
    const isCutOff = this.#latest?.complete === false
    if (isCutOff && this.#waiting.at(-1)?.request === this.#latest) this.#waiting.pop()
    else if (isCutOff && this.#current?.response.headersSent === false) this.#current = undefined
    else if (isCutOff) this.#lastAnswer = ''
    if (this.#current === undefined) this.#end()
  }

  /** Keeps an answer going that is under way on a connection which Node has handed over, for a tunnel. */
  drainBy(socket: Duplex): void {
    socket.on('drain', () => this.#current?.response.emit('drain'))
  }

  /** Whether the client has taken nothing of what is written for so long, or has not closed its side in time. */
  isStuck(nowMs: number, timeoutMs: number): boolean {
    const unread = this.#socket.writableLength
    const taken = this.#socket.bytesWritten - unread
    if (unread === 0 || taken !== this.#taken) this.#takenAtMs = nowMs
    this.#taken = taken
    return nowMs >= this.#endsAtMs || nowMs - this.#takenAtMs >= timeoutMs
  }

  /** Closes the connection at once. What waits was not begun. */
  cut(): void {
    this.#waiting = []
    this.#socket.destroy()
  }

  #begin(exchange: Exchange): void {
    this.#current = exchange
    exchange.response.on('close', this.#answered)
    exchange.handle(exchange.request, exchange.response)
  }

  readonly #answered = (): void => {
    // Many short requests that have arrived together must not keep the thread from all others.
    if (this.#waiting.length > 0) setImmediate(this.#next)
    else this.#next()
  }

  readonly #next = (): void => {
    this.#current = undefined
    if (this.#latest?.complete === true) this.#latest = undefined
    // What cannot be answered must not be carried out.
    if (!this.#socket.writable) this.#waiting = []
    const next = this.#waiting.shift()
    if (next !== undefined) this.#begin(next)
    else if (this.#lastAnswer !== undefined) this.#end()
    if (this.#waiting.length === 0 && this.#lastAnswer === undefined) this.#release()
  }

  #end(): void {
    this.#endsAtMs = performance.now() + LINGER_MS
    this.#socket.end(this.#lastAnswer ?? '')
    // What still arrives is read and let go: closed on unread bytes, a client may lose the answer.
    this.#release()
  }

  #hold(): void {
    this.#isHeld = true
    if (!this.#hasHeld) this.#socket.on('resume', () => this.#isHeld && this.#stopReading())
    this.#hasHeld = true
    this.#stopReading()
  }

  /** Must be done again whenever Node resumes the connection, as it does after each message. */
  #stopReading(): void {
    this.#socket.pause()
    // A resumption that was overtaken by a pause has started the reading all the same, and pausing again says nothing.
    this.#socket.emit('pause')
  }

  #release(): void {
    if (!this.#isHeld) return
    this.#isHeld = false
    this.#socket.resume()
  }
}
