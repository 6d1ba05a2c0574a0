// Answers the same bytes to whatever arrives, without reading it: what the load generator can do at most.
import { createServer } from 'node:net'
import { readPeerOptions } from './options.ts'

const body = '{"account_number":"1001","balance":"10.00"}'
const answer = Buffer.from(
  [
    'HTTP/1.1 200 OK',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${body.length}`,
    'Date: Sun, 22 Nov 2026 08:00:00 GMT',
    'Connection: keep-alive',
    '',
    body,
  ].join('\r\n'),
)

createServer({ noDelay: true }, (socket) => {
  socket.on('data', () => socket.write(answer))
  socket.on('error', () => socket.destroy())
}).listen(readPeerOptions().port, '127.0.0.1')
