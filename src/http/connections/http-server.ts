import { createServer, type RequestListener, type Server } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { answerExpectation, tunnelAnswer } from './protocol-faults.ts'
import { CHECK_MS, type Connections } from './connections.ts'

/** Longer than the 60 seconds after which load balancers commonly close a connection that is idle. */
const KEEP_ALIVE_MS = 72_000

/** The server of Node, with its connections held to their bounds and to one request at a time. */
export function createHttpServer(connections: Connections, handle: RequestListener): Server {
  const { timeoutMs } = connections.bounds
  const server = createServer(
    {
      // Node would answer in its own format.
      requireHostHeader: false,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: timeoutMs,
      requestTimeout: timeoutMs,
      connectionsCheckingInterval: CHECK_MS,
    },
    (request, response) => connections.serve(request, response, handle),
  )
  // Else a client that has sent all it wants to send, and says so, would get no answer.
  Object.assign(server, { httpAllowHalfOpen: true })
  server.on('connection', (socket) => connections.open(socket))
  server.on('checkExpectation', (request, response) =>
    connections.serve(request, response, answerExpectation),
  )
  server.on('connect', (request, socket) => connections.endTunnel(socket, tunnelAnswer(request)))
  // Only an accepting server has errors of connections that it could not accept: of these it must not die.
  server.on('listening', () => server.on('error', () => connections.refused()))
  return server
}

/** How often connections that have become idle are closed. */
const SWEEP_MS = 50

/** A request that has not arrived whole by then was never accepted: its connection is cut. */
const PATIENCE_MS = 5_000

/**
 * Lets the server close once it has answered what it has accepted. Node closes the connections that are idle at that
 * moment; one whose answer is still to come would then be kept open for a next request, and one that never finishes
 * its request would hold the server up forever.
 */
export function closeInTime(app: FastifyInstance, connections: Connections): void {
  let sweep: NodeJS.Timeout | undefined
  let patience: NodeJS.Timeout | undefined
  app.addHook('preClose', (done) => {
    sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_MS)
    patience = setTimeout(() => app.server.closeAllConnections(), PATIENCE_MS)
    done()
  })
  // Runs once the server is closed, or at once where it never listened.
  app.addHook('onClose', async () => {
    clearInterval(sweep)
    clearTimeout(patience)
    connections.stop()
  })
}
