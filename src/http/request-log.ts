import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'

/** What the log shows of a request to an account, besides what it shows of any request. Money is decimal text. */
export interface LoggedDetails {
  readonly account?: string | undefined
  /** The rest is shown of a command only. */
  readonly operation?: string
  /** The account that a transfer goes to. */
  readonly to?: string | undefined
  readonly hold?: string | undefined
  /** What is to be reversed: a transaction, or the key of a request. */
  readonly original?: string | undefined
  readonly amount?: string | undefined
  readonly idempotencyKey?: string | undefined
  readonly transaction?: string | undefined
  readonly balance?: string | undefined
  readonly reason?: string | undefined
  readonly replayed?: boolean
}

/** An account number as the log shows it: any length can be asked for. */
export function loggedAccount(number: string): string {
  return number.slice(0, 64)
}

declare module 'fastify' {
  interface FastifyRequest {
    loggedDetails: LoggedDetails | undefined
  }
}

/** What a request may call itself: no spaces or quotes, so that it cannot forge a line of any log. */
const SANE_REQUEST_ID = /^[\w.:/+=@-]{1,128}$/

/** The id that the request came with, when it is a sane one, or a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && SANE_REQUEST_ID.test(given) ? given : randomUUID()
}

/** Logs one line for each request, when its answer is ready to be sent. */
export function logRequests(app: FastifyInstance, logger: Logger): void {
  app.decorateRequest('loggedDetails', undefined)
  app.addHook('onSend', (request, reply, payload, done) => {
    logger.info({
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? request.url.slice(0, 64),
      ...request.loggedDetails,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 1_000) / 1_000,
    })
    done(null, payload)
  })
}
