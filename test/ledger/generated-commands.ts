import fc from 'fast-check'
import type { Command } from '../../src/ledger/commands.ts'
import { MAX_CENTS } from '../../src/money.ts'

/** Commands that arrive together, after so many milliseconds in which nothing happened. */
export interface Arrival {
  readonly pauseMs: number
  readonly commands: readonly Command[]
}

/** So long is an outcome kept in the tests: short enough that pauses pass it. */
export const KEPT_FOR_MS = 1_000

// Few accounts and few keys, so that commands meet; the last account is never opened.
const accounts = fc.constantFrom('1', '2', '3', 'nobody')
const keys = fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), { nil: undefined, freq: 3 })

const amounts = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt({ min: 1n, max: 300n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: 1n, max: MAX_CENTS }) },
  { weight: 1, arbitrary: fc.constantFrom(MAX_CENTS, MAX_CENTS - 1n) },
)

const movement: fc.Arbitrary<Command> = fc
  .record({
    kind: fc.constantFrom('deposit', 'withdraw'),
    account: accounts,
    amount: amounts,
    idempotencyKey: keys,
  })
  .map(({ kind, account, amount, idempotencyKey }) => ({
    kind,
    account,
    amount,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  }))

// The same request under the same key, again and again: what a client does that gets no answer.
const retried: fc.Arbitrary<Command> = fc.constantFrom(
  { kind: 'deposit', account: '1', amount: 70n, idempotencyKey: 'a' },
  { kind: 'withdraw', account: '1', amount: 60n, idempotencyKey: 'b' },
  { kind: 'withdraw', account: '2', amount: 1_000_000n, idempotencyKey: 'c' },
  { kind: 'deposit', account: '3', amount: MAX_CENTS, idempotencyKey: 'd' },
  { kind: 'withdraw', account: 'nobody', amount: 1n, idempotencyKey: 'e' },
)

const opening: fc.Arbitrary<Command> = fc.record({
  kind: fc.constant('open'),
  account: fc.constantFrom('1', '2', '3'),
  openingBalance: fc.oneof(fc.constant(0n), amounts),
})

const command = fc.oneof(
  { weight: 1, arbitrary: opening },
  { weight: 6, arbitrary: movement },
  { weight: 4, arbitrary: retried },
)

const pauses = fc.constantFrom(0, 0, 1, 400, KEPT_FOR_MS - 1, KEPT_FOR_MS)

/** A day at the bank: some accounts, then batches of commands with pauses between them. */
export const days: fc.Arbitrary<readonly Arrival[]> = fc
  .array(fc.record({ pauseMs: pauses, commands: fc.array(command, { minLength: 1, maxLength: 12 }) }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((arrivals) => [
    { pauseMs: 0, commands: [{ kind: 'open', account: '1', openingBalance: 500n }] },
    ...arrivals,
  ])
