import { once } from 'node:events'
import { type Socket, connect, createServer } from 'node:net'

/** A long line to a server: what is sent in one direction arrives later, in the order in which it was sent. */
export interface DelayingProxy {
  readonly port: number
  readonly close: () => Promise<void>
}

/** Hands on each chunk after the delay. Any number of them may be on their way: the line is long, not narrow. */
function handOn(from: Socket, to: Socket, delayMs: number): void {
  from.setNoDelay(true)
  // Timers of one duration run out in the order in which they were set.
  from.on('data', (chunk) => setTimeout(() => to.writable && to.write(chunk), delayMs))
  from.on('end', () => setTimeout(() => to.end(), delayMs))
  from.on('error', () => to.destroy())
  from.on('close', () => setTimeout(() => to.destroy(), delayMs))
}

/** Listens on a free port for connections to a server on this machine. Each direction takes `delayMs` longer. */
export async function startDelayingProxy(serverPort: number, delayMs: number): Promise<DelayingProxy> {
  const sockets = new Set<Socket>()
  const proxy = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port: serverPort, host: '127.0.0.1', allowHalfOpen: true })
    handOn(near, far, delayMs)
    handOn(far, near, delayMs)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    }
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const address = proxy.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    port: address.port,
    close: async () => {
      const closed = once(proxy, 'close')
      proxy.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
