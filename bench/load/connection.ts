import { type Socket, connect } from 'node:net'
import { isSuccess, responseLength } from './response.ts'

const READ_BUFFER_BYTES = 64 * 1024

/** Told about every answer: how long it took, and whether its status was a success. */
export type AnswerListener = (latencyMs: number, success: boolean) => void

// One buffer serves all connections, because each read is dealt with before the next.
const readBuffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES)

/**
 * Keeps one request in flight on one connection until the process ends.
 * A connection that the server ends is a failure of the whole run, so it throws.
 */
export function openConnection(port: number, nextRequest: () => Buffer, onAnswer: AnswerListener): Socket {
  let sentAtMs = 0
  let unfinished: Buffer | undefined

  const onBytes = (count: number): boolean => {
    let bytes: Buffer = readBuffer
    let end = count
    if (unfinished !== undefined) {
      bytes = Buffer.concat([unfinished, readBuffer.subarray(0, count)])
      end = bytes.length
    }
    const length = responseLength(bytes, end)
    if (length === -1 || length > end) {
      unfinished = Buffer.from(bytes.subarray(0, end))
      return true
    }
    unfinished = undefined
    onAnswer(performance.now() - sentAtMs, isSuccess(bytes))
    send()
    return true
  }

  const socket = connect({
    port,
    host: '127.0.0.1',
    noDelay: true,
    onread: { buffer: readBuffer, callback: onBytes },
  })
  const send = (): void => {
    const request = nextRequest()
    sentAtMs = performance.now()
    socket.write(request)
  }
  socket.once('connect', send)
  socket.once('close', () => {
    throw new Error('the server closed a connection')
  })
  return socket
}
