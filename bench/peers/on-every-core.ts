import cluster from 'node:cluster'

/**
 * Runs `serve` in this process, or in as many processes as asked for.
 * The parent deals the connections out in turn. SO_REUSEPORT is as fast, but spreads 64 connections by a hash,
 * so that one process may get many more than the other and the figures vary with it.
 */
export function serveOnProcesses(processes: number, serve: () => void): void {
  if (processes === 1 || cluster.isWorker) return serve()
  for (let started = 0; started < processes; started++) cluster.fork()
  process.once('SIGTERM', () => process.exit(0))
}
