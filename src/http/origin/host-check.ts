import type { IncomingMessage } from 'node:http'
import { type AddressInfo, isIP, isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../errors/problem.ts'

const NO_HOST = 'a request over HTTP/1.1 must say which Host it is for'
const BAD_HOST = 'a request must name one Host: a name or an address, with or without a port'

const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{0,5})?$/i

/** More values than any client of good will sends, and few enough that they may stay in memory. */
const MAX_PASSED = 100

/**
 * Refuses requests for a host that is not this service's: a page of another site can let its own name resolve to
 * 127.0.0.1, and would then be of the same origin as the service. Only those who run the
 * service know the names by which others reach it: these are checked only where some are listed.
 */
export function checkHosts(app: FastifyInstance, allowedHosts: readonly string[]): void {
  const allowed = new Set(allowedHosts)
  const passed = new Set<string>()
  let isAnyAllowed = false
  app.addHook('onListen', (done) => {
    isAnyAllowed = allowed.size === 0 && !app.addresses().every(isLoopbackBind)
    done()
  })

  function problemOf(message: IncomingMessage): Problem | undefined {
    const { host } = message.headers
    if (host === undefined)
      return message.httpVersion === '1.1' ? new Problem('malformed_request', NO_HOST) : undefined
    if (namesTwoHosts(message)) return new Problem('malformed_request', BAD_HOST)
    if (passed.has(host)) return undefined
    const name = HOST.test(host) ? URL.parse(`http://${host}`)?.hostname.replace(/\.$/, '') : undefined
    if (name === undefined) return new Problem('malformed_request', BAD_HOST)
    if (!isAnyAllowed && !allowed.has(name) && !isOfThisMachine(name)) return new Problem('host_not_allowed')
    if (passed.size < MAX_PASSED) passed.add(host)
    return undefined
  }

  app.addHook('onRequest', (request, _reply, done) => done(problemOf(request.raw)))
}

/** Node shows the first one and drops the others, where a proxy before it may have gone by the last. */
function namesTwoHosts({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1
  }
  return hosts > 1
}

function isOfThisMachine(name: string): boolean {
  if (name === 'localhost' || name.endsWith('.localhost')) return true
  const address = name.replaceAll(/[[\]]/g, '')
  if (isIP(address) === 0) return false
  return (
    isLoopback(address) ||
    Object.values(networkInterfaces())
      .flat()
      .some((each) => each?.address === address)
  )
}

function isLoopbackBind(bind: AddressInfo | string): boolean {
  return typeof bind !== 'string' && isLoopback(bind.address)
}

function isLoopback(address: string): boolean {
  return address === '::1' || (isIPv4(address) && address.startsWith('127.'))
}
