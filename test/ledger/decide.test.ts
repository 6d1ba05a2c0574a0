import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Books } from '../../src/ledger/books.ts'
import type { Command } from '../../src/ledger/commands.ts'
import { decide } from '../../src/ledger/decide.ts'
import { fingerprint, keyDigest } from '../../src/ledger/idempotency.ts'
import { type Reason, reasonFrom, rejections } from '../../src/ledger/rejections.ts'
import { MAX_CENTS } from '../../src/money.ts'

const NOW_MS = 1_000_000
const terms = { idempotencyTtlMs: 1_000 }

/** An account at the limit, cash drawers that can give nothing more, and a key that is taken. */
function fullBooks(): Books {
  return new Books({
    accounts: [{ id: 9, number: 'full', balance: MAX_CENTS }],
    cashDrawers: [{ id: 1, number: undefined, balance: -MAX_CENTS - 1n }],
    keyRecords: [
      {
        digest: keyDigest('taken'),
        fingerprint: fingerprint('deposit', 'elsewhere', 1n),
        atMs: NOW_MS,
        outcome: { status: 'rejected', reason: 'insufficient_funds', replayed: false },
      },
    ],
    nextPostingId: 1,
    nextAccountId: 10,
    nowMs: NOW_MS,
  })
}

/** Each command breaks the rule it is listed with, and as many of the later ones as it can. */
const precedence: readonly (readonly [Reason, Command])[] = [
  [
    'idempotency_key_reused',
    { kind: 'deposit', account: 'nobody', amount: MAX_CENTS, idempotencyKey: 'taken' },
  ],
  ['account_exists', { kind: 'open', account: 'full', openingBalance: MAX_CENTS }],
  ['account_not_found', { kind: 'deposit', account: 'nobody', amount: MAX_CENTS }],
  ['insufficient_funds', { kind: 'withdraw', account: 'full', amount: MAX_CENTS + 1n }],
  ['balance_limit_exceeded', { kind: 'deposit', account: 'full', amount: 1n }],
]

describe('the rules', () => {
  test('every reason stands in the table of precedence, in its order', () => {
    assert.deepEqual(
      precedence.map(([reason]) => reason),
      Object.keys(rejections),
    )
  })

  for (const [reason, command] of precedence) {
    test(`${reason} comes before all that stands after it, and nothing changes`, () => {
      const books = fullBooks()
      assert.deepEqual(decide(books, command, terms), { status: 'rejected', reason, replayed: false })
      assert.deepEqual([books.postings, books.openedAccounts, [...books.changedAccounts]], [[], [], []])
    })
  }

  for (const [reason, command] of precedence) {
    test(`${reason} is ${rejections[reason] === 'decline' ? 'kept under its key' : 'not kept, so its key stays free'}`, () => {
      if (command.kind === 'open') return assert.equal(rejections[reason], 'refusal')
      const books = fullBooks()
      const outcome = decide(books, { ...command, idempotencyKey: command.idempotencyKey ?? 'fresh' }, terms)
      assert.equal(outcome.status === 'rejected' && outcome.reason, reason)
      assert.equal(books.newKeyRecords.length, rejections[reason] === 'decline' ? 1 : 0)
    })
  }

  test('a withdrawal too large for any cash drawer is declined', () => {
    const books = new Books({
      accounts: [{ id: 9, number: '1', balance: 10n }],
      cashDrawers: [{ id: 1, number: undefined, balance: MAX_CENTS }],
      keyRecords: [],
      nextPostingId: 1,
      nextAccountId: 10,
      nowMs: NOW_MS,
    })
    const outcome = decide(books, { kind: 'withdraw', account: '1', amount: 10n }, terms)
    assert.deepEqual(outcome, { status: 'rejected', reason: 'balance_limit_exceeded', replayed: false })
  })

  test('a posting names both sides, and they change by the same amount', () => {
    const account = { id: 9, number: '1', balance: 100n }
    const drawer = { id: 1, number: undefined, balance: -100n }
    const books = new Books({
      accounts: [account],
      cashDrawers: [drawer],
      keyRecords: [],
      nextPostingId: 7,
      nextAccountId: 10,
      nowMs: NOW_MS,
    })
    decide(books, { kind: 'withdraw', account: '1', amount: 30n }, terms)
    assert.deepEqual(books.postings, [
      {
        id: 7,
        atMs: NOW_MS,
        kind: 'withdraw',
        debitAccountId: 9,
        creditAccountId: 1,
        amount: 30n,
        debitBalance: 70n,
        creditBalance: -70n,
      },
    ])
    assert.equal(account.balance + drawer.balance, 0n)
  })

  test('a reason that no version has written is not taken for one', () => {
    assert.throws(() => reasonFrom('toString'), /does not know/)
    assert.equal(reasonFrom('insufficient_funds'), 'insufficient_funds')
  })
})
