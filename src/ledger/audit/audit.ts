import { DEFAULT_TIME_ZONE } from '../business-day.ts'
import { fingerprint } from '../idempotency.ts'
import { decodeOutcome } from '../outcome-codec.ts'
import { futureEnd } from '../clock.ts'
import type { Posting } from '../postings.ts'
import { canonicalCashRequest, canonicalRequest } from '../commands/canonical-request.ts'
import { Balances } from './balances.ts'
import { Differences } from './differences.ts'
import { Links } from './links.ts'
import type { AuditedKeyRecord, AuditSource, Chunks } from './source.ts'
import { Withdrawals } from './withdrawals.ts'

export interface AuditReport {
  readonly accounts: number
  readonly postings: number
  readonly holds: number
  readonly keyRecords: number
  readonly differences: number
  /** The first differences, one sentence each. */
  readonly firstDifferences: readonly string[]
}

/**
 * Recomputes the books from the postings alone and compares: every running balance with the one before, every
 * account's balance, history and withdrawals of the latest day with its postings, the sum over all accounts with zero,
 * every hold with its capture, every reversal with what it gives back, every idempotency record with the posting it
 * names, and the dates of all of them with the time at which the source was read. Days are those of `timeZone`.
 */
export async function audit(
  source: AuditSource,
  nowMs: number,
  timeZone: string = DEFAULT_TIME_ZONE,
): Promise<AuditReport> {
  const differences = new Differences()
  await count(source.damage?.() ?? [], (damage) => differences.add(damage))
  // What a damaged index leads to is not worth reading, nor sure to come to an end.
  if (differences.count > 0) return report(NOTHING_READ, differences)
  await count(source.alteredRows?.() ?? [], (row) => differences.add(row))
  const balances = new Balances(differences)
  const links = new Links(differences)
  const withdrawals = new Withdrawals(differences, timeZone)
  const numbers = new Map<number, string>()
  let latestMs = 0
  const postings = await count(source.postings(), (posting) => {
    balances.follow(posting)
    links.follow(posting)
    latestMs = Math.max(latestMs, posting.atMs)
    withdrawals.follow(posting)
  })
  await count(source.reversals(), (audited) => {
    const reversed = links.checkReversal(audited)
    if (reversed !== undefined) withdrawals.followReversal(audited.reversal, reversed)
  })
  const accounts = await count(source.accounts(), (audited) => {
    const { id, number } = audited.account
    if (number !== undefined) numbers.set(id, number)
    balances.compare(audited)
    if (number !== undefined) withdrawals.compare(audited.account, audited.account.withdrawn)
  })
  balances.finish()
  const holds = await count(source.holds(), (audited) => {
    links.checkHold(audited)
    latestMs = Math.max(latestMs, audited.hold.placedAtMs)
  })
  links.finish()
  const keyRecords = await count(source.keyRecords(), (record, position) => {
    const wrong = whatIsWrongWith(record, numbers)
    if (wrong !== undefined) differences.add(`idempotency record ${position} ${wrong}`)
    latestMs = Math.max(latestMs, record.atMs)
  })
  const end = futureEnd(latestMs, nowMs)
  if (end !== undefined) differences.add(`${end}; npm run redate dates them back`)
  return report({ accounts, postings, holds, keyRecords }, differences)
}

type Counts = Pick<AuditReport, 'accounts' | 'postings' | 'holds' | 'keyRecords'>

const NOTHING_READ: Counts = { accounts: 0, postings: 0, holds: 0, keyRecords: 0 }

function report(counts: Counts, { count: differences, first }: Differences): AuditReport {
  return { ...counts, differences, firstDifferences: first }
}

function whatIsWrongWith(record: AuditedKeyRecord, numbers: ReadonlyMap<number, string>): string | undefined {
  const { postingId, reason, snapshot, posting } = record
  if (postingId !== undefined && posting === undefined)
    return `points at posting ${postingId}, which does not exist`
  try {
    decodeOutcome({ postingId, reason, snapshot }, posting)
  } catch {
    return 'has no outcome'
  }
  if (posting === undefined || isOfRequest(posting, record, numbers)) return undefined
  return `points at posting ${posting.id}, which is not the one it made`
}

/** Whether the posting can be what the record's request has made; of some kinds it does not say all that was requested. */
function isOfRequest(
  posting: Posting,
  { atMs, fingerprint: recorded }: AuditedKeyRecord,
  numbers: ReadonlyMap<number, string>,
): boolean {
  // Another request may later be answered with the same reversal.
  if (posting.kind === 'reversal') return posting.atMs <= atMs
  if (posting.atMs !== atMs) return false
  if (posting.kind === 'capture') return true
  const request = canonicalRequestOf(posting, numbers)
  return request !== undefined && fingerprint(request) === recorded
}

function canonicalRequestOf(posting: Posting, numbers: ReadonlyMap<number, string>): string | undefined {
  const { kind, debitAccountId, creditAccountId, amount, reference } = posting
  const from = numbers.get(debitAccountId)
  const to = numbers.get(creditAccountId)
  if (kind === 'deposit' && to !== undefined) return canonicalCashRequest(kind, to, amount, reference)
  if (kind === 'withdraw' && from !== undefined) return canonicalCashRequest(kind, from, amount, reference)
  if (kind !== 'transfer' || from === undefined || to === undefined) return undefined
  return canonicalRequest('transfer', from, to, amount, reference)
}

/** Gives each item with its position, from 1 on, to `check`, and answers how many there were. */
async function count<Item>(
  chunks: Chunks<Item>,
  check: (item: Item, position: number) => void,
): Promise<number> {
  let position = 0
  for await (const chunk of chunks) {
    for (const item of chunk) check(item, (position += 1))
  }
  return position
}
