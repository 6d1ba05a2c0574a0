import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'
import type { Ledger } from '../service/ledger.ts'
import { accountListRoutes } from './accounts/list-accounts.ts'
import { accountRoutes } from './accounts/account.ts'
import { balanceRoutes } from './accounts/balance.ts'
import { BODY_LIMIT_BYTES } from './collected-request.ts'
import { type ConnectionBounds, defaultBounds } from './connections/bounds.ts'
import { Connections } from './connections/connections.ts'
import { createHttpServer } from './connections/http-server.ts'
import { documentRoutes } from './openapi.ts'
import { answerBadUrl, answerErrors } from './error-handler.ts'
import { healthRoutes } from './health.ts'
import { holdRoutes } from './holds/holds.ts'
import { readJsonBodies } from './shared/json-body.ts'
import { openingRoutes } from './accounts/open-account.ts'
import { operationRoutes } from './cash/cash.ts'
import { allowOrigins } from './origin/cors.ts'
import { checkHosts } from './origin/host-check.ts'
import { checkOrigins } from './origin/origin-check.ts'
import { compileLazily } from './lazy-compilers.ts'
import { logRequests, requestIdOf } from './request-log.ts'
import { reversalRoutes } from './reversals/reversals.ts'
import { closeInTime } from './shutdown.ts'
import { statementRoute } from './history/statement.ts'
import { transactionRoute } from './history/transaction.ts'
import { transactionRoutes } from './history/transactions.ts'
import { transferRoutes } from './transfers/transfers.ts'
import { KnownRoutes } from './errors/unknown-routes.ts'

export interface ServerParts {
  readonly ledger: Ledger
  readonly logger: Logger
  readonly version: string
  /** Hosts that requests may be for, besides those of this machine. */
  readonly allowedHosts?: readonly string[]
  /** Origins whose pages may use the service, besides its own. */
  readonly corsOrigins?: readonly string[]
  /** Those that are not given are the defaults. */
  readonly bounds?: Partial<ConnectionBounds>
}

/** The whole service over HTTP, ready to listen. */
export async function buildServer({
  ledger,
  logger,
  version,
  allowedHosts = [],
  corsOrigins = [],
  bounds = {},
}: ServerParts): Promise<FastifyInstance> {
  const connections = new Connections({ ...defaultBounds(), ...bounds }, logger)
  const warnings: FastifyBaseLogger = logger.child({}, { level: 'warn' })
  const app = Fastify({
    loggerInstance: warnings,
    logController: new LogController({ disableRequestLogging: true }),
    // One logger for all requests: the line for each names its request itself.
    childLoggerFactory: (parent) => parent,
    genReqId: requestIdOf,
    requestIdHeader: false,
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: BODY_LIMIT_BYTES },
    // While it closes, the service still answers what reaches it: a client is told to reconnect elsewhere instead.
    return503OnClosing: false,
    serverFactory: (handle) => createHttpServer(connections, handle),
    clientErrorHandler: (error, socket) => connections.fail(error, socket),
    frameworkErrors: answerBadUrl,
  })
  compileLazily(app)
  closeInTime(app, connections)
  readJsonBodies(app)
  answerErrors(app, logger)
  logRequests(app, logger)
  const routes = new KnownRoutes()
  routes.gather(app)
  // For the routes of plugins, whose own way of saying it has another format.
  app.setNotFoundHandler((request) => {
    throw routes.problemFor(request)
  })
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff')
    done()
  })
  const otherOrigins = new Set(corsOrigins)
  checkHosts(app, allowedHosts)
  allowOrigins(app, otherOrigins)
  checkOrigins(app, otherOrigins)
  app.addHook('onRequest', (request, _reply, done) => {
    done(request.is404 ? routes.problemFor(request) : undefined)
  })

  await documentRoutes(app, version)
  healthRoutes(app, ledger, version)
  openingRoutes(app, ledger)
  accountListRoutes(app, ledger)
  accountRoutes(app, ledger)
  balanceRoutes(app, ledger)
  operationRoutes(app, ledger)
  transferRoutes(app, ledger)
  holdRoutes(app, ledger)
  reversalRoutes(app, ledger)
  transactionRoutes(app, ledger)
  transactionRoute(app, ledger)
  statementRoute(app, ledger)
  return app
}
