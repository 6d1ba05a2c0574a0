import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { errorBody } from '../problems/error-body.ts'
import { Problem } from '../problems/problems.ts'

/** Faults of the protocol itself, by the codes of Node's parser: they never become a request with a reply. */
const protocolFaults: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: new Problem(431, 'headers_too_large', 'the headers of the request are too large'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: new Problem(
    413,
    'body_too_large',
    'the chunk extensions of the request are too large',
  ),
  ERR_HTTP_REQUEST_TIMEOUT: new Problem(
    408,
    'request_timeout',
    'the request was not complete in time; send it again',
  ),
}

const MALFORMED = new Problem(400, 'malformed_request', 'this is not a valid HTTP/1.1 request')

const NO_PROXY = new Problem(
  405,
  'method_not_allowed',
  'this service is no proxy; see /docs for what it answers',
  { Allow: 'GET, POST, PATCH' },
)

const UNKNOWN_EXPECTATION = new Problem(
  417,
  'expectation_failed',
  'the only Expect header that this service knows is 100-continue',
)

/** Answers on a connection whose bytes are no HTTP request, and closes it. */
export function answerProtocolFault(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  endWith(socket, protocolFaults[error.code ?? ''] ?? MALFORMED)
}

/** Answers the two things that Node would answer in its own way: tunnels and unknown expectations. */
export function answerRareRequests(server: Server): void {
  server.on('connect', (request: IncomingMessage, socket) => endWith(socket, NO_PROXY, request))
  server.on('checkExpectation', (request: IncomingMessage, response) => {
    const { mediaType, body } = errorBody(UNKNOWN_EXPECTATION, request.headers.accept)
    const text = JSON.stringify(body)
    response.writeHead(UNKNOWN_EXPECTATION.status, {
      'content-type': mediaType,
      'content-length': Buffer.byteLength(text),
      vary: 'Accept',
      connection: 'close',
    })
    response.end(text)
  })
}

function endWith(socket: Duplex, problem: Problem, request?: IncomingMessage): void {
  const { mediaType, body } = errorBody(problem, request?.headers.accept)
  const text = JSON.stringify(body)
  const headers = Object.entries(problem.headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${headers.join('')}` +
      `Content-Type: ${mediaType}\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  )
}
