import type { FastifyInstance } from 'fastify'

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
