import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import { errorBody, Problem } from '../errors/problem.ts'

/** Faults of the protocol itself, by the codes of Node's parser: they never become a request with a reply. */
const protocolFaults: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: new Problem('headers_too_large'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: new Problem(
    'body_too_large',
    'the chunk extensions of the request are too large',
  ),
  ERR_HTTP_REQUEST_TIMEOUT: new Problem('request_timeout'),
}

/** The answer, byte for byte, to what is no HTTP request, by the code of Node's error. */
export function faultAnswer(code = ''): string {
  return rawAnswer(protocolFaults[code] ?? new Problem('malformed_request'))
}

/** The answer, byte for byte, to a request for a tunnel. */
export function tunnelAnswer(request: IncomingMessage): string {
  const sentence = 'this service is no proxy; see /docs for what it answers'
  return rawAnswer(new Problem('method_not_allowed', sentence, { Allow: 'GET, POST, PATCH' }), request)
}

/** Answers a request with an expectation that this service does not know. */
export function answerExpectation(request: IncomingMessage, response: ServerResponse): void {
  answerAndClose(new Problem('expectation_failed'), request, response)
}

/** Answers a request on a connection that is one too many. */
export function answerRefusal(request: IncomingMessage, response: ServerResponse): void {
  const sentence = 'the service has as many connections as it can take; try again when others are closed'
  answerAndClose(new Problem('unavailable', sentence), request, response)
}

function answerAndClose(problem: Problem, request: IncomingMessage, response: ServerResponse): void {
  const { mediaType, text } = written(problem, request)
  response.writeHead(problem.status, {
    ...problem.headers,
    'content-type': mediaType,
    'content-length': Buffer.byteLength(text),
    vary: 'Accept',
    connection: 'close',
  })
  response.end(text)
}

function rawAnswer(problem: Problem, request?: IncomingMessage): string {
  const { mediaType, text } = written(problem, request)
  const headers = Object.entries(problem.headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return (
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${headers.join('')}` +
    `Content-Type: ${mediaType}\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`
  )
}

function written(
  problem: Problem,
  request?: IncomingMessage,
): { readonly mediaType: string; readonly text: string } {
  const { mediaType, body } = errorBody(problem, request?.headers.accept)
  return { mediaType, text: JSON.stringify(body) }
}
