import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { problems } from '../errors/problem.ts'

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
    done(isAllowed ? undefined : problems.originNotAllowed)
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
