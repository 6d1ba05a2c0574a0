import type { AuditReport } from '../../state-machine/audit.ts'
import { businessDay, DEFAULT_TIME_ZONE, startOfDay } from '../../ledger/business-day.ts'
import { type Store, StoreOpenError } from '../store.ts'
import { connectTo, Deadline } from './connection/connecting.ts'
import type { DecidingOptions } from './commit/decide-batch.ts'
import { migrate, assertMigrated, type Today } from './schema/migrations.ts'
import type { Session } from './connection/session.ts'
import type { Redated } from '../redating.ts'
import { redateDatabase } from './redate.ts'
import { PostgresStore } from './postgres-store.ts'
import { readTarget, type Target } from './connection/url.ts'
import { auditSnapshot } from './read/verify-postgres.ts'

/** A start waits this long for a server that is starting too. */
const OPEN_WITHIN_MS = 10_000

/** Opens the store that the URL names, and migrates it to the current schema. Rejects with `StoreOpenError`. */
export function openPostgres(url: string, options: DecidingOptions): Promise<Store> {
  const target = readTarget(url)
  const deadline = new Deadline(OPEN_WITHIN_MS)
  return orExplain(target, async () => {
    await withSession(target, deadline, (session) => migrate(session, todayOf(options)))
    const store = new PostgresStore(target, options)
    await store.open(deadline)
    return store
  })
}

/** Audits the store that the URL names as it is at one moment; days are those of `timeZone`. Rejects with `StoreOpenError`. */
export function verifyPostgres(url: string, timeZone: string = DEFAULT_TIME_ZONE): Promise<AuditReport> {
  const target = readTarget(url)
  return orExplain(target, () =>
    withSession(target, new Deadline(OPEN_WITHIN_MS), async (session) => {
      await assertMigrated(session)
      return auditSnapshot(session, timeZone)
    }),
  )
}

/** Dates back to `nowMs` what the store that the URL names dates later. Rejects with `StoreOpenError`. */
export function redatePostgres(url: string, timeZone: string, nowMs: number): Promise<Redated> {
  const target = readTarget(url)
  return orExplain(target, () =>
    withSession(target, new Deadline(OPEN_WITHIN_MS), async (session) => {
      await assertMigrated(session)
      return redateDatabase(session, timeZone, nowMs)
    }),
  )
}

function todayOf({ terms: { timeZone }, clock }: DecidingOptions): Today {
  const day = businessDay(clock(), timeZone)
  return { day, fromMs: startOfDay(day, timeZone), untilMs: startOfDay(day + 1, timeZone) }
}

async function withSession<Result>(
  target: Target,
  deadline: Deadline,
  use: (session: Session) => Promise<Result>,
): Promise<Result> {
  const session = await connectTo(target, deadline)
  try {
    return await use(session)
  } finally {
    await session.close()
  }
}

async function orExplain<Result>(target: Target, open: () => Promise<Result>): Promise<Result> {
  try {
    return await open()
  } catch (error) {
    if (error instanceof StoreOpenError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    const database = target.database === undefined ? '' : ` ${target.database}`
    throw new StoreOpenError(`cannot open the PostgreSQL database${database}: ${reason}`, { cause: error })
  }
}
