import type { Random } from '../support/random.ts'
import { amountText, anyBody, anyJson } from './bodies.ts'

/** What earlier answers have named, to be asked for again. */
export interface Seen {
  readonly lastCursor: string
  readonly lastHoldId: string
  readonly lastTransactionId: string
}

export interface Line {
  readonly method: string
  readonly path: string
  /** Undefined where the request is like any other. */
  readonly body?: Buffer
}

/** Accounts of the fuzzed bank: these are opened, frozen and closed at random; the test accounts stay open. */
const lively = ['3001', '3002', '3003', '3004', '3005'] as const
const steady = ['1001', '1001', '1002', '9999'] as const

const instants = [
  '2026-11-22',
  '2026-02-30',
  '2026-11-22T09:30:00Z',
  '2026-11-22T09:30:00+01:00',
  '1970-01-01',
  '9999-12-31T23:59:59.999Z',
  '0000-01-01',
  'now',
  '',
  '%00',
  '1e9',
] as const

/** A member that is mostly right, sometimes anything. */
function member(random: Random, name: string, right: () => string): string {
  return `"${name}":${random.percent(93) ? right() : anyJson(random)}`
}

function bodyOf(random: Random, members: readonly string[]): Buffer {
  if (random.percent(4)) return anyBody(random)
  return Buffer.from(`{${members.filter(() => random.percent(97)).join(',')}}`)
}

function anAccount(random: Random): string {
  return random.percent(50) ? random.pick(lively) : random.pick(steady)
}

function words(random: Random): string {
  return JSON.stringify(random.text(random.integer(0, random.percent(5) ? 300 : 30), 0x20, 0x2_ff))
}

function key(random: Random): string {
  return `"key-${random.integer(1, 20_000)}"`
}

function range(random: Random): string {
  const names = ['from', 'to', 'at', 'type', 'limit', 'cursor'] as const
  const values = [...instants, 'deposit', 'transfer_in,capture', '5'] as const
  const parts = Array.from(
    { length: random.integer(0, 3) },
    () => `${random.pick(names)}=${random.pick(values)}`,
  )
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

/** A request to the ledger of the bank, besides deposits and withdrawals. */
export function bankLine(random: Random, seen: Seen): Line {
  const amount = (): string => member(random, 'amount', () => amountText(random))
  const id = (last: string): string =>
    random.weighted([
      [60, last],
      [30, String(random.integer(1, 500))],
      [5, random.text(5, 0x61, 0x7a)],
      [5, '99999999999999999999'],
    ])
  const account = encodeURIComponent(anAccount(random))
  return random.weighted<() => Line>([
    [
      3,
      () => ({
        method: 'POST',
        path: '/accounts',
        body: bodyOf(random, [
          member(random, 'account_number', () => `"${random.pick(lively)}"`),
          member(random, 'name', () => words(random)),
          member(random, 'opening_deposit', () => amountText(random)),
        ]),
      }),
    ],
    [
      3,
      () => ({
        method: 'PATCH',
        path: `/accounts/${random.pick(lively)}`,
        body: bodyOf(random, [
          member(random, 'status', () => `"${random.pick(['open', 'open', 'open', 'frozen', 'closed'])}"`),
          member(
            random,
            'limits',
            () => `{${member(random, 'overdraft', () => amountText(random))},"daily_count":null}`,
          ),
        ]),
      }),
    ],
    [
      12,
      () => ({
        method: 'POST',
        path: '/transfers',
        body: bodyOf(random, [
          member(random, 'from', () => `"${anAccount(random)}"`),
          member(random, 'to', () => `"${anAccount(random)}"`),
          amount(),
          member(random, 'reference', () => words(random)),
        ]),
      }),
    ],
    [
      8,
      () => ({
        method: 'POST',
        path: `/accounts/${account}/holds`,
        body: bodyOf(random, [amount(), member(random, 'expires_in', () => String(random.integer(1, 3)))]),
      }),
    ],
    [
      8,
      () => ({
        method: 'POST',
        path: `/holds/${id(seen.lastHoldId)}/${random.pick(['capture', 'capture', 'release'])}`,
        body: random.percent(60) ? Buffer.from('{}') : bodyOf(random, [amount()]),
      }),
    ],
    [
      8,
      () => ({
        method: 'POST',
        path: '/reversals',
        body: bodyOf(random, [
          random.percent(70)
            ? member(random, 'transaction_id', () => `"${id(seen.lastTransactionId)}"`)
            : member(random, 'idempotency_key', () => key(random)),
          ...(random.percent(50) ? [amount()] : []),
          member(random, 'reason', () => words(random)),
        ]),
      }),
    ],
    [3, () => ({ method: 'GET', path: `/holds/${id(seen.lastHoldId)}` })],
    [3, () => ({ method: 'GET', path: `/transactions/${id(seen.lastTransactionId)}` })],
    [
      3,
      () => ({ method: 'GET', path: `/accounts${random.pick(['', `/${account}`, '?limit=2', '?limit=x'])}` }),
    ],
    [3, () => ({ method: 'GET', path: `/accounts/${account}/balance${range(random)}` })],
    // A whole history of a busy account is long: reading it often would measure the network alone.
    [1, () => ({ method: 'GET', path: `/accounts/${random.pick(lively)}/statement${range(random)}` })],
    [1, () => ({ method: 'GET', path: `/accounts/${random.pick(lively)}/transactions${range(random)}` })],
  ])()
}
