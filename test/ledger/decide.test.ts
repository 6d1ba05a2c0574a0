import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ledgerReasons } from '../atm/atm-reasons.ts'
import { plainAccount } from '../../src/ledger/accounts.ts'
import type { BatchState } from '../../src/ledger/batch/batch-state.ts'
import type { Command } from '../../src/ledger/commands/registry.ts'
import { decide } from '../../src/ledger/decide.ts'
import { type Reason, reasonFrom, rejections } from '../../src/ledger/rejections.ts'
import { plainTerms } from '../../src/ledger/terms.ts'
import { MAX_CENTS } from '../../src/money.ts'
import { awkwardAccounts, awkwardBooks, booksWith, holdIds, NOW_MS, postingIds } from './awkward-books.ts'

const terms = plainTerms(1_000)
const amount = MAX_CENTS

/** Each command breaks the rule it is listed with, and as many of the later ones as it can. */
const precedence: readonly (readonly [Reason, Command])[] = [
  [
    'idempotency_key_reused',
    { kind: 'transfer', from: 'nobody', to: 'nobody', amount, idempotencyKey: 'taken' },
  ],
  [
    'idempotency_key_closed',
    { kind: 'transfer', from: 'nobody', to: 'nobody', amount, idempotencyKey: 'closed' },
  ],
  ['same_account', { kind: 'transfer', from: 'nobody', to: 'nobody', amount }],
  ['account_exists', { kind: 'open', account: 'full', openingBalance: amount, openingDeposit: amount }],
  ['account_not_found', { kind: 'deposit', account: 'nobody', amount }],
  ['account_not_found', { kind: 'transfer', from: 'frozen', to: 'nobody', amount }],
  ['account_not_found', { kind: 'transfer', from: 'nobody', to: 'closed', amount }],
  ['account_not_found', { kind: 'change', account: 'nobody', status: 'closed' }],
  ['hold_not_found', { kind: 'capture', holdId: 99, amount }],
  ['hold_not_found', { kind: 'release', holdId: 99 }],
  ['transaction_not_found', { kind: 'reverse', original: { postingId: 99 }, amount }],
  ['not_reversible', { kind: 'reverse', original: { postingId: postingIds.opening }, amount }],
  ['account_closed', { kind: 'transfer', from: 'frozen', to: 'closed', amount }],
  ['account_closed', { kind: 'reverse', original: { postingId: postingIds.closedToFrozen }, amount }],
  ['account_closed', { kind: 'deposit', account: 'closed', amount }],
  ['account_closed', { kind: 'change', account: 'closed', status: 'open' }],
  ['account_frozen', { kind: 'reverse', original: { postingId: postingIds.fullToFrozen }, amount }],
  ['account_frozen', { kind: 'capture', holdId: holdIds.ofFrozen, amount }],
  ['account_frozen', { kind: 'withdraw', account: 'frozen', amount }],
  ['account_frozen', { kind: 'hold', account: 'frozen', amount }],
  ['hold_captured', { kind: 'capture', holdId: holdIds.captured, amount }],
  ['hold_captured', { kind: 'release', holdId: holdIds.captured }],
  ['hold_released', { kind: 'capture', holdId: holdIds.released, amount }],
  ['hold_released', { kind: 'release', holdId: holdIds.released }],
  ['hold_expired', { kind: 'capture', holdId: holdIds.expired, amount }],
  ['hold_expired', { kind: 'release', holdId: holdIds.expired }],
  ['capture_exceeds_hold', { kind: 'capture', holdId: holdIds.open, amount }],
  [
    'reversal_exceeds_transaction',
    { kind: 'reverse', original: { postingId: postingIds.fullToPoor }, amount },
  ],
  ['account_has_balance', { kind: 'change', account: 'poor', status: 'closed' }],
  ['account_has_holds', { kind: 'change', account: 'empty', status: 'closed' }],
  ['too_many_holds', { kind: 'hold', account: 'poor', amount }],
  ['withdrawal_limit_exceeded', { kind: 'withdraw', account: 'poor', amount }],
  ['daily_amount_limit_exceeded', { kind: 'withdraw', account: 'spent', amount }],
  ['daily_count_limit_exceeded', { kind: 'withdraw', account: 'counted', amount }],
  ['insufficient_funds', { kind: 'transfer', from: 'poor', to: 'full', amount }],
  ['insufficient_funds', { kind: 'reverse', original: { postingId: postingIds.fullToPoor }, amount: 6n }],
  ['balance_limit_exceeded', { kind: 'deposit', account: 'full', amount: 1n }],
  ['balance_limit_exceeded', { kind: 'open', account: 'new', openingBalance: amount, openingDeposit: 1n }],
  ['balance_limit_exceeded', { kind: 'transfer', from: 'counted', to: 'full', amount: 1n }],
  ['cash_limit_exceeded', { kind: 'deposit', account: 'empty', amount: 1n }],
  ['cash_limit_exceeded', { kind: 'open', account: 'new', openingBalance: 0n, openingDeposit: 1n }],
]

/** What the books would have an engine write, besides what is kept under keys. */
function changesIn(books: BatchState): unknown {
  return {
    postings: books.postings.added,
    opened: books.accounts.opened,
    changed: [...books.accounts.changed],
    altered: [...books.accounts.withNewSettings],
    holds: [...books.holds.changed],
  }
}

const noChanges = { postings: [], opened: [], changed: [], altered: [], holds: [] }

describe('the rules', () => {
  test('every reason stands in the table of precedence, in its order', () => {
    assert.deepEqual([...new Set(precedence.map(([reason]) => reason))], ledgerReasons)
    const rows = precedence.map(([reason]) => Object.keys(rejections).indexOf(reason))
    assert.deepEqual(
      rows,
      rows.toSorted((one, other) => one - other),
    )
  })

  for (const [reason, command] of precedence) {
    const { idempotencyKey = 'fresh' } = command
    const isLive = rejections[reason] === 'decline' && idempotencyKey === 'fresh'
    const kept = isLive ? 'is kept under its key' : 'keeps nothing'
    test(`${reason} answers a ${command.kind} before all later reasons, changes nothing and ${kept}`, () => {
      const accounts = awkwardAccounts()
      const books = awkwardBooks(accounts)
      const outcome = decide(books, { ...command, idempotencyKey }, terms)
      assert.deepEqual(outcome, { status: 'rejected', reason, replayed: false })
      assert.deepEqual(changesIn(books), noChanges)
      assert.deepEqual(accounts, awkwardAccounts())
      assert.equal(books.keys.saved.length, isLive ? 1 : 0)
    })
  }

  test('a reversal by the key that it carries itself is refused, as one key would have two answers', () => {
    const books = booksWith({})
    const original = { idempotencyKey: 'k' }
    const outcome = decide(books, { kind: 'reverse', original, idempotencyKey: 'k' }, terms)
    assert.deepEqual(outcome, { status: 'rejected', reason: 'idempotency_key_reused', replayed: false })
    assert.equal(books.keys.saved.length, 0)
  })

  test('a closed account that is closed again is answered as it is, and nothing is written', () => {
    const books = awkwardBooks(awkwardAccounts())
    const outcome = decide(books, { kind: 'change', account: 'closed', status: 'closed' }, terms)
    assert.equal(outcome.status === 'changed' && outcome.account.status, 'closed')
    assert.deepEqual(changesIn(books), noChanges)
  })

  test('a withdrawal too large for any cash drawer is declined, and the books tell of it', () => {
    const books = booksWith({
      accounts: [plainAccount(9, '1', 10n)],
      cashDrawers: [plainAccount(1, undefined, MAX_CENTS)],
    })
    const outcome = decide(books, { kind: 'withdraw', account: '1', amount: 10n }, terms)
    assert.deepEqual(outcome, { status: 'rejected', reason: 'cash_limit_exceeded', replayed: false })
    assert.equal(books.accounts.lackedCash, true)
  })

  test('a posting names both sides, and they change by the same amount', () => {
    const account = plainAccount(9, '1', 100n)
    const drawer = plainAccount(1, undefined, -100n)
    const books = booksWith({ accounts: [account], cashDrawers: [drawer] })
    decide(books, { kind: 'withdraw', account: '1', amount: 30n, reference: 'rent' }, terms)
    assert.deepEqual(books.postings.added, [
      {
        id: 7,
        atMs: NOW_MS,
        kind: 'withdraw',
        debitAccountId: 9,
        creditAccountId: 1,
        amount: 30n,
        debitBalance: 70n,
        creditBalance: -70n,
        reference: 'rent',
        reversedPostingId: undefined,
        holdId: undefined,
      },
    ])
    assert.equal(account.balance + drawer.balance, 0n)
  })

  test('a reason that no version has written is not taken for one', () => {
    assert.throws(() => reasonFrom('toString'), /does not know/)
    assert.equal(reasonFrom('insufficient_funds'), 'insufficient_funds')
  })
})
