// The least that Node can do over HTTP: read the body, parse it, answer the bytes of a deposit. It keeps no books.
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { serveOnProcesses } from './on-every-core.ts'
import { readPeerOptions } from './options.ts'

const NO_AMOUNT = { amount: '0.00' }

function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
  const { amount }: { amount: string } = body === '' ? NO_AMOUNT : JSON.parse(body)
  const reply = JSON.stringify({ account_number: (request.url ?? '').split('/')[2], balance: amount })
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(reply),
  })
  response.end(reply)
}

function handle(request: IncomingMessage, response: ServerResponse): void {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (chunk: string) => (body += chunk))
  request.on('end', () => answer(request, response, body))
}

const { port, workers } = readPeerOptions()
serveOnProcesses(workers, () => createServer(handle).listen(port, '127.0.0.1'))
