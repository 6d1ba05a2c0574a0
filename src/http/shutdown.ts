import type { FastifyInstance } from 'fastify'
import type { Connections } from './connections/connections.ts'

/** How often connections that have become idle are closed. */
const SWEEP_MS = 50

/** A request that has not arrived whole by then was never accepted: its connection is cut. */
const PATIENCE_MS = 5_000

/**
 * Lets the server close once it has answered what it has accepted. Node closes the connections that are idle at that
 * moment; one whose answer is still to come would then be kept open for a next request, and one that never finishes
 * its request would hold the server up for ever.
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
