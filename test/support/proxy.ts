import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { Cleanup } from './service.ts'

/** Stands between a service and its server, and can keep to itself what the server answers. */
export interface Proxy {
  /** The store's URL with the proxy in place of the server. */
  readonly url: string
  /** From the answer of this number on, counted from now, nothing reaches the service. Resolves when it is held back. */
  holdBack(answer: number): Promise<void>
  /** Ends all connections, and lets answers through again. */
  cut(): void
}

export async function startProxy(test: Cleanup, store: string): Promise<Proxy> {
  const server = new URL(store)
  const sockets = new Set<Socket>()
  let answersLeft = Infinity
  let heldBack: (() => void) | undefined

  const join = (socket: Socket, other: Socket): void => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      sockets.delete(socket)
      other.destroy()
    })
  }
  const proxy = createServer((service) => {
    const upstream = connect(Number(server.port), server.hostname)
    join(service, upstream)
    join(upstream, service)
    service.pipe(upstream)
    upstream.on('data', (chunk) => {
      answersLeft -= 1
      if (answersLeft > 0) service.write(chunk)
      else heldBack?.()
    })
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const cut = (): void => {
    answersLeft = Infinity
    for (const socket of sockets) socket.destroy()
  }
  test.after(async () => {
    proxy.close()
    cut()
    await once(proxy, 'close')
  })
  const address = proxy.address()
  if (typeof address !== 'object' || address === null) throw new Error('the proxy has no port')
  const url = new URL(store)
  url.port = String(address.port)
  return {
    url: url.href,
    holdBack: (answer) =>
      new Promise((resolve) => {
        answersLeft = answer
        heldBack = resolve
      }),
    cut,
  }
}
