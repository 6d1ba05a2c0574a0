import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import type { Answer } from './client.ts'

/** A plain connection to the service, for what no HTTP client would send. */
export function openSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}

/** Reads until the other side closes the connection. */
export function readToEnd(socket: Socket, timeoutMs = 10_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error('no end of the answer in time')))
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    // A reset after the answer is no loss: the server need not read what it has refused.
    socket.on('error', (error) => (chunks.length === 0 ? reject(error) : undefined))
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('utf8')))
  })
}

/** Sends the bytes as they are and answers what came back before the server closed. */
export async function exchange(url: string, bytes: string | Buffer): Promise<Answer> {
  const socket = await openSocket(url)
  const text = readToEnd(socket)
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  return parseAnswer(await text)
}

/** A request head that asks the server to close the connection after its answer. */
export function head(line: string, ...headers: readonly string[]): string {
  return [line, 'Host: 127.0.0.1', 'Connection: close', ...headers, '', ''].join('\r\n')
}

/** Fails unless the text is one whole HTTP answer of known length. */
export function parseAnswer(text: string): Answer {
  const end = text.indexOf('\r\n\r\n')
  assert.ok(end > 0, `not an HTTP answer: ${JSON.stringify(text.slice(0, 200))}`)
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n')
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]
  assert.ok(status, `not a status line: ${statusLine}`)
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const [name = '', ...value] = line.split(':')
    headers[name.toLowerCase()] = value.join(':').trim()
  }
  const body = text.slice(end + 4)
  assert.equal(Number(headers['content-length']), Buffer.byteLength(body), 'Content-Length tells the length')
  return { status: Number(status), headers, text: body }
}
