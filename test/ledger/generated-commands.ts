import fc from 'fast-check'
import type { Command } from '../../src/ledger/commands/registry.ts'
import { MAX_CENTS } from '../../src/money.ts'

/**
 * A command as it is planned before anything has an id: it names holds and postings by how many came after them, 0 for
 * the latest one that is there when its batch is sent, and goes on from the latest one where there are not so many.
 */
export type Planned = Command | Again | Undo

/** A request that was sent with a key, sent once more. */
interface Again {
  readonly kind: 'again'
  readonly back: number
}

/** The reversal of a request that was sent with a key, by that key. */
interface Undo {
  readonly kind: 'undo'
  readonly back: number
  readonly amount?: bigint
  readonly idempotencyKey?: string
}

/** Commands that arrive together, after so many milliseconds in which nothing happened. */
export interface Arrival {
  readonly pauseMs: number
  readonly commands: readonly Planned[]
}

/** So long is an outcome kept in the tests: short enough that pauses pass it. */
export const KEPT_FOR_MS = 1_000

export const DAY_MS = 86_400_000

/** So long before midnight the days begin, so that some of them see two dates. */
export const BEFORE_MIDNIGHT_MS = 2_500

/** The place of what does not exist. */
export const NOWHERE = 1_000_000

// Few accounts and few keys, so that commands meet; `nobody` is never opened.
const accounts = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('1', '1', '1', '1', '2', '2', '2', '3', '3', '4') },
  { weight: 1, arbitrary: fc.constant('nobody') },
)
const keyNames = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l')

/** This account gets holds and hardly any money, so that it is empty when it is to be closed. */
const OF_HOLDS = '6'

const references = fc.constantFrom('rent', 'Ünïcode ✓ "quoted"', '=1+1')
const places = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(0, 0, 0, 1, 1, 2, 3, 4, 5, 6) },
  { weight: 1, arbitrary: fc.constant(NOWHERE) },
)

const amounts = fc.oneof(
  { weight: 30, arbitrary: fc.bigInt({ min: 1n, max: 250n }) },
  { weight: 8, arbitrary: fc.constantFrom(100n, 200n) },
  { weight: 1, arbitrary: fc.bigInt({ min: 1n, max: MAX_CENTS }) },
  { weight: 3, arbitrary: fc.constantFrom(MAX_CENTS, MAX_CENTS - 1n) },
)

/** The command with a key, more often than not without one. */
function perhapsKeyed<Kind extends Command>(commands: fc.Arbitrary<Kind>): fc.Arbitrary<Kind> {
  const keys = fc.oneof(
    { weight: 5, arbitrary: fc.constant({}) },
    { weight: 3, arbitrary: fc.record({ idempotencyKey: keyNames }) },
  )
  return fc.tuple(commands, keys).map(([command, key]) => ({ ...command, ...key }))
}

const cash = fc.record(
  {
    kind: fc.constantFrom('deposit', 'withdraw', 'withdraw'),
    account: accounts,
    amount: amounts,
    reference: references,
  },
  { requiredKeys: ['kind', 'account', 'amount'] },
)

const transfer = fc.record(
  {
    kind: fc.constant('transfer'),
    from: accounts,
    to: accounts,
    amount: amounts,
    reference: references,
  },
  { requiredKeys: ['kind', 'from', 'to', 'amount'] },
)

const opening = fc.oneof(
  fc.record(
    {
      kind: fc.constant('open'),
      account: fc.constantFrom('1', '3', '3', '4'),
      name: fc.constantFrom('Ada', 'Grace Hopper'),
      openingBalance: fc.oneof(fc.constant(0n), amounts),
      openingDeposit: amounts,
    },
    { requiredKeys: ['kind', 'account', 'openingBalance'] },
  ),
  fc.record({
    kind: fc.constant('open'),
    account: fc.constantFrom('3', '4', '5'),
    isNumberAssigned: fc.constant(true),
    name: fc.constant('Edsger'),
    openingBalance: fc.constant(0n),
    openingDeposit: fc.constantFrom(50n, 300n),
  }),
)

const limits = fc.record(
  {
    overdraft: fc.constantFrom(0n, 100n, 400n, undefined),
    withdrawal: fc.constantFrom(100n, 200n, undefined),
    dailyAmount: fc.constantFrom(100n, 200n, undefined),
    dailyCount: fc.constantFrom(0, 1, 2, undefined),
  },
  { requiredKeys: [] },
)

const change = fc.record(
  {
    kind: fc.constant('change'),
    account: accounts,
    status: fc.constantFrom('open', 'open', 'frozen', 'closed', 'closed', 'closed'),
    limits,
  },
  { requiredKeys: ['kind', 'account'] },
)

const closing = fc.record({
  kind: fc.constant('change'),
  account: fc.constantFrom('3', OF_HOLDS, OF_HOLDS),
  status: fc.constant('closed'),
})

const hold = fc.record(
  {
    kind: fc.constant('hold'),
    account: fc.oneof({ weight: 2, arbitrary: accounts }, { weight: 1, arbitrary: fc.constant(OF_HOLDS) }),
    amount: amounts,
    expiresInMs: fc.constantFrom(1, 400, 1_000, 1_500),
    reference: references,
  },
  { requiredKeys: ['kind', 'account', 'amount'] },
)

const capture = fc.record(
  {
    kind: fc.constant('capture'),
    holdId: places,
    amount: fc.bigInt({ min: 1n, max: 250n }),
  },
  { requiredKeys: ['kind', 'holdId'] },
)

const release = fc.record(
  { kind: fc.constant('release'), holdId: places },
  { requiredKeys: ['kind', 'holdId'] },
)

const reversal = fc.record(
  {
    kind: fc.constant('reverse'),
    original: fc.oneof(
      fc.record({ postingId: places }),
      fc.record({ postingId: places }),
      fc.record({ idempotencyKey: keyNames }),
    ),
    amount: fc.bigInt({ min: 1n, max: 120n }),
    reason: references,
  },
  { requiredKeys: ['kind', 'original'] },
)

const again = fc.record({ kind: fc.constant('again'), back: fc.constantFrom(0, 0, 0, 1, 2) })

const undo = fc.record(
  {
    kind: fc.constant('undo'),
    back: fc.constantFrom(0, 0, 1, 2),
    amount: fc.bigInt({ min: 1n, max: 120n }),
    idempotencyKey: keyNames,
  },
  { requiredKeys: ['kind', 'back'] },
)

const planned: fc.Arbitrary<Planned> = fc.oneof(
  { weight: 9, arbitrary: perhapsKeyed(cash) },
  { weight: 5, arbitrary: perhapsKeyed(transfer) },
  { weight: 2, arbitrary: perhapsKeyed(opening) },
  { weight: 4, arbitrary: perhapsKeyed(change) },
  { weight: 2, arbitrary: perhapsKeyed(closing) },
  { weight: 5, arbitrary: perhapsKeyed(hold) },
  { weight: 5, arbitrary: perhapsKeyed(capture) },
  { weight: 3, arbitrary: perhapsKeyed(release) },
  { weight: 8, arbitrary: perhapsKeyed(reversal) },
  { weight: 14, arbitrary: again },
  { weight: 3, arbitrary: undo },
)

const pauses = fc.constantFrom(0, 0, 0, 1, 200, 400, KEPT_FOR_MS - 1, KEPT_FOR_MS, DAY_MS)

const arrivals = fc.array(
  fc.record({ pauseMs: pauses, commands: fc.array(planned, { minLength: 1, maxLength: 9 }) }),
  { minLength: 1, maxLength: 9 },
)

/** A day at the bank: some accounts, then batches of commands with pauses between them. */
export const days: fc.Arbitrary<readonly Arrival[]> = fc
  .tuple(limits, limits, arrivals)
  .map(([limitsOfOne, limitsOfTwo, later]) => [
    {
      pauseMs: 0,
      commands: [
        { kind: 'open', account: '1', openingBalance: 500n, idempotencyKey: 'l' },
        { kind: 'open', account: '2', name: 'Grace Hopper', openingBalance: 0n, openingDeposit: 400n },
        { kind: 'open', account: '3', openingBalance: 0n },
        { kind: 'change', account: '1', limits: limitsOfOne },
        { kind: 'change', account: '2', limits: limitsOfTwo },
        { kind: 'open', account: OF_HOLDS, openingBalance: 0n },
        { kind: 'change', account: OF_HOLDS, limits: { overdraft: 500n } },
        { kind: 'hold', account: '2', amount: 120n },
      ],
    },
    ...later,
  ])

/** A day on which one account gets as many holds as it may have, and one more, until they all expire. */
export const crowdedDay: readonly Arrival[] = [
  { pauseMs: 0, commands: [{ kind: 'open', account: '1', openingBalance: 5_000n }] },
  { pauseMs: 0, commands: Array.from({ length: 1_000 }, () => shortHold()) },
  {
    pauseMs: 1,
    commands: [shortHold(), shortHold(), { kind: 'capture', holdId: 0 }, shortHold(), shortHold()],
  },
  { pauseMs: 400, commands: [shortHold(), shortHold(), { kind: 'release', holdId: 0 }] },
]

/** A day on which eight accounts own all that the cash drawers can give, but for a cent of each. */
export const richDay: readonly Arrival[] = [
  {
    pauseMs: 0,
    commands: ['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((account) => {
      return { kind: 'open', account, openingBalance: MAX_CENTS }
    }),
  },
  {
    pauseMs: 1,
    commands: [
      { kind: 'open', account: '10', openingBalance: 0n },
      { kind: 'deposit', account: '10', amount: 2n, idempotencyKey: 'declined' },
      { kind: 'deposit', account: '10', amount: 1n },
      { kind: 'deposit', account: '1', amount: 1n },
      { kind: 'withdraw', account: '1', amount: MAX_CENTS, idempotencyKey: 'withdrawn' },
      { kind: 'deposit', account: '10', amount: MAX_CENTS - 1n },
      { kind: 'reverse', original: { idempotencyKey: 'withdrawn' } },
      { kind: 'deposit', account: '10', amount: 2n, idempotencyKey: 'declined' },
    ],
  },
]

function shortHold(): Command {
  return { kind: 'hold', account: '1', amount: 1n, expiresInMs: 400 }
}
