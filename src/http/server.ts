import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'
import type { Ledger } from '../service/ledger.ts'
import { accountListRoutes } from './accounts/list-accounts.ts'
import { accountRoutes } from './accounts/account.ts'
import { balanceRoutes } from './accounts/balance.ts'
import { type ConnectionBounds, Connections, defaultBounds } from './connections/connections.ts'
import { closeInTime, createHttpServer } from './connections/http-server.ts'
import { documentRoutes } from './openapi.ts'
import { BODY_LIMIT_BYTES } from './errors/catalogue.ts'
import { answerBadUrl, answerErrors } from './errors/error-handler.ts'
import { answerUnknownRoutes } from './errors/unknown-routes.ts'
import { validateRequests } from './errors/validation.ts'
import { healthRoutes } from './health.ts'
import { holdRoutes } from './holds/holds.ts'
import { readJsonBodies } from './shared/json-body.ts'
import { openingRoutes } from './accounts/open-account.ts'
import { operationRoutes } from './cash/cash.ts'
import { checkHosts } from './origin/host-check.ts'
import { allowOrigins, checkOrigins } from './origin/origins.ts'
import { logRequests, requestIdOf } from './request-log.ts'
import { reversalRoutes } from './reversals/reversals.ts'
import { statementRoute } from './history/statement.ts'
import { transactionRoute, transactionRoutes } from './history/transactions.ts'
import { transferRoutes } from './transfers/transfers.ts'

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
    // While it closes, the service still answers what reaches it: a client reconnects elsewhere instead.
    return503OnClosing: false,
    serverFactory: (handle) => createHttpServer(connections, handle),
    clientErrorHandler: (error, socket) => connections.fail(error, socket),
    frameworkErrors: answerBadUrl,
  })
  validateRequests(app)
  closeInTime(app, connections)
  readJsonBodies(app)
  answerErrors(app, logger)
  logRequests(app, logger)
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff')
    done()
  })
  const otherOrigins = new Set(corsOrigins)
  checkHosts(app, allowedHosts)
  allowOrigins(app, otherOrigins)
  checkOrigins(app, otherOrigins)
  answerUnknownRoutes(app)

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
