import closeWithGrace from 'close-with-grace'
import packageJson from '../package.json' with { type: 'json' }
import { WatchedClock } from './clock.ts'
import { type Config, readConfig } from './config/config.ts'
import { ConfigError, withoutPassword } from './config/settings.ts'
import { buildServer } from './http/server.ts'
import { CLOCK_TOLERANCE_MS } from './ledger/clock.ts'
import { Ledger } from './service/ledger.ts'
import { type Store, StoreOpenError } from './storage/store.ts'
import { openTestAccounts, refuseFutureBooks } from './service/start-up.ts'
import { type Log, logToStdout } from './logging.ts'
import { isStoreUrl, openStore, STORE_FORMS } from './storage/open.ts'

/** After this long a shutdown gives up on what is still under way. */
const SHUTDOWN_MS = 9_000

async function start(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env, {
    forms: STORE_FORMS,
    accepts: isStoreUrl,
  })
  const log = logToStdout(config.logLevel)
  try {
    await run(config, log)
  } catch (error) {
    await log.flush()
    throw error
  }
}

/** The service: store, clock, ledger, server and signals. */
async function run(config: Config, log: Log): Promise<void> {
  const clock = new WatchedClock()
  const store = await openStore(config.store, {
    terms: config.terms,
    clock: clock.now,
    clockToleranceMs: CLOCK_TOLERANCE_MS,
    log: log.logger,
  })
  if (!config.acceptsFutureBooks) await refuseFutureBooks(store, clock.now())
  await openTestAccounts(store)
  clock.watch((fault) => {
    if (fault === undefined) log.logger.info('the clock of this machine is right again')
    else log.logger.error({ err: fault }, 'commands are refused until the clock of this machine is right')
  })
  await serve(config, store, log)
}

async function serve(config: Config, store: Store, { logger, flush }: Log): Promise<void> {
  const ledger = new Ledger(store, config.terms)
  const { allowedHosts, corsOrigins } = config
  const server = await buildServer({
    ledger,
    logger,
    version: packageJson.version,
    allowedHosts,
    corsOrigins,
  })
  const url = await server.listen({ host: config.host, port: config.port })
  const listening = { url, docs: `${url}/docs`, store: withoutPassword(config.store) }
  logger.info(listening, 'the service is listening')

  closeWithGrace({ delay: SHUTDOWN_MS, logger: false }, async ({ signal, err }) => {
    if (err !== undefined) logger.fatal({ err }, 'the service is going down after a fault of its own')
    logger.info({ signal }, 'the service finishes what it has accepted')
    await server.close()
    await ledger.close()
    logger.info('the service has stopped')
    await flush()
  })
}

/** One line for what a person can put right; anything else is a bug and keeps its stack. */
function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof StoreOpenError) return error.message
  if (!(error instanceof Error) || !('code' in error)) throw error
  if (error.code === 'EADDRINUSE')
    return `${error.message}; stop what listens there or give --port another number`
  if (error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return `${error.message}; give --host and --port an address that this machine has and you may use`
  }
  throw error
}

try {
  await start()
} catch (error) {
  console.error(explain(error))
  process.exit(1)
}
