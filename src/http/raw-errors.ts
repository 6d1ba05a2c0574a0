import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ErrorBody } from './problems.ts'

/** Faults of the protocol itself, by the codes of Node's parser: they never become a request with a reply. */
const protocolFaults: Readonly<Record<string, readonly [status: string, sentence: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'the headers of the request are too large'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [
    '413 Payload Too Large',
    'the chunk extensions of the request are too large',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request was not complete in time; send it again'],
}

const MALFORMED = ['400 Bad Request', 'this is not a valid HTTP/1.1 request'] as const

/** Answers on a connection whose bytes are no HTTP request, and closes it. */
export function answerProtocolFault(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, sentence] = protocolFaults[error.code ?? ''] ?? MALFORMED
  endWith(socket, status, sentence)
}

/** Answers the two things that Node would answer in its own way: tunnels and unknown expectations. */
export function answerRareRequests(server: Server): void {
  server.on('connect', (_request, socket) => {
    endWith(
      socket,
      '405 Method Not Allowed',
      'this service is no proxy; see /docs for what it answers',
      'Allow: GET, POST\r\n',
    )
  })
  server.on('checkExpectation', (_request, response) => {
    const body: ErrorBody = { error: 'the only Expect header that this service knows is 100-continue' }
    response.writeHead(417, { 'content-type': 'application/json; charset=utf-8', connection: 'close' })
    response.end(JSON.stringify(body))
  })
}

function endWith(socket: Duplex, status: string, sentence: string, headers = ''): void {
  const body = JSON.stringify({ error: sentence } satisfies ErrorBody)
  socket.end(
    `HTTP/1.1 ${status}\r\n${headers}Content-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  )
}
