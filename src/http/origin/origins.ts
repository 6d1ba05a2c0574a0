import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../errors/problem.ts'

const PREFLIGHT_HEADERS = {
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers': 'Content-Type, Idempotency-Key, X-Request-Id',
  'access-control-max-age': '600',
}

const EXPOSED_HEADERS = 'Link, Location, X-Request-Id, Idempotency-Replayed, Retry-After'

/** Lets pages of these origins send any request and read its answer, by the CORS protocol of the Fetch standard. */
export function allowOrigins(app: FastifyInstance, corsOrigins: ReadonlySet<string>): void {
  if (corsOrigins.size === 0) return
  const isListed = (origin: string | undefined): origin is string =>
    origin !== undefined && corsOrigins.has(origin)

  app.addHook('onRequest', ({ method, headers }, reply, done) => {
    const isPreflight = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined
    if (isPreflight && isListed(headers.origin)) reply.status(204).headers(PREFLIGHT_HEADERS).send()
    else done()
  })
  app.addHook('onSend', ({ headers: { origin } }, reply, payload, done) => {
    const vary = reply.getHeader('vary')
    reply.header('vary', vary === undefined ? 'Origin' : `${String(vary)}, Origin`)
    if (isListed(origin)) {
      reply.headers({
        'access-control-allow-origin': origin,
        'access-control-expose-headers': EXPOSED_HEADERS,
      })
    }
    done(null, payload)
  })
}

/** Methods that change nothing; what they answer, a page of another origin cannot read. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses what a page of another origin wants to change: browsers send such requests without a question when they look
 * like those of a form. Only browsers say where a request comes from, so programs are not affected.
 */
export function checkOrigins(app: FastifyInstance, corsOrigins: ReadonlySet<string>): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { origin } = request.headers
    const isAllowed =
      SAFE_METHODS.has(request.method) ||
      (origin !== undefined && corsOrigins.has(origin)) ||
      !isForeign(request.headers)
    done(isAllowed ? undefined : new Problem('origin_not_allowed'))
  })
}

function isForeign({ origin, host = '', 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  if (site === 'cross-site') return true
  return origin === undefined ? site === 'same-site' : !isOwn(origin, host)
}

/**
 * Whether the origin is the one that the request is for. By host and port alone: behind a proxy that ends TLS, the
 * browser's scheme is not the one that the service sees.
 */
function isOwn(origin: string, host: string): boolean {
  const url = URL.parse(origin)
  if (url === null || !/^https?:$/.test(url.protocol)) return false
  // Read under the same scheme, both lose the port that is its default.
  return URL.parse(`${url.protocol}//${host}`)?.host === url.host
}
