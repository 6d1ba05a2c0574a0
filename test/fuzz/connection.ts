import type { Socket } from 'node:net'
import { openSocket } from '../support/raw.ts'
import { parseAnswers, type RawAnswer } from './answers.ts'

/** Nothing may take longer: neither an answer nor the end of a connection. */
const DEADLINE_MS = 10_000

/** Damaged requests may look unfinished, and then the service rightly waits for the rest: after this it gets the end. */
const SILENCE_MS = 50

/** Reads all that came, however much was asked for. */
function parseAll(received: Buffer): readonly RawAnswer[] {
  return parseAnswers(received, [])
}

/** One connection that is kept open over many requests, and opened anew after the service closed it. */
export class Connection {
  readonly #url: string
  #socket: Socket | undefined

  constructor(url: string) {
    this.#url = url
  }

  /** Sends the bytes and answers once each method has its answer or the service has closed the connection. */
  async exchange(bytes: Buffer, methods: readonly string[]): Promise<readonly RawAnswer[]> {
    const socket = await this.#open()
    return this.#until(
      socket,
      (received) => parseAnswers(received, methods),
      methods.length,
      () => socket.write(bytes),
    )
  }

  /** Sends bytes that are no request, and answers what came back until the service closed. */
  async provoke(bytes: Buffer): Promise<readonly RawAnswer[]> {
    const socket = await this.#open()
    const silence = setTimeout(() => socket.end(), SILENCE_MS)
    const answers = await this.#until(socket, parseAll, Infinity, () => socket.write(bytes))
    clearTimeout(silence)
    return answers
  }

  close(): void {
    this.#socket?.destroy()
    this.#socket = undefined
  }

  async #open(): Promise<Socket> {
    if (this.#socket === undefined) {
      this.#socket = await openSocket(this.#url)
      this.#socket.setNoDelay(true)
    }
    return this.#socket
  }

  #until(
    socket: Socket,
    parse: (received: Buffer) => readonly RawAnswer[],
    wanted: number,
    send: () => void,
  ): Promise<readonly RawAnswer[]> {
    return new Promise((resolve, reject) => {
      let received: Buffer = Buffer.alloc(0)
      const finish = (closed: boolean): void => {
        clearTimeout(deadline)
        socket.removeAllListeners('data').removeAllListeners('close').removeAllListeners('error')
        // The socket may still fail after its exchange is over, and that is no event of this exchange.
        socket.on('error', () => undefined)
        const answers = parse(received)
        if (closed || answers.some(({ headers }) => headers['connection'] === 'close')) this.close()
        resolve(answers)
      }
      const deadline = setTimeout(() => {
        this.close()
        reject(
          new Error(
            `no answer within ${DEADLINE_MS} ms, only ${JSON.stringify(received.toString('latin1').slice(0, 300))}`,
          ),
        )
      }, DEADLINE_MS)
      socket.on('data', (chunk: Buffer) => {
        received = Buffer.concat([received, chunk])
        if (parse(received).length >= wanted) finish(false)
      })
      socket.on('error', () => finish(true))
      socket.on('close', () => finish(true))
      send()
    })
  }
}
