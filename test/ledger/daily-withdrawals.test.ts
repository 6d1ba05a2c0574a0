import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type DailyWithdrawals, on, withdrawnAfter } from '../../src/ledger/daily-withdrawals.ts'
import type { Posting } from '../../src/ledger/postings.ts'

const ACCOUNT = 9
const CASH = 1
const DAY_MS = 86_400_000

const withdrawal: Posting = {
  id: 5,
  atMs: 20 * DAY_MS,
  kind: 'withdraw',
  debitAccountId: ACCOUNT,
  creditAccountId: CASH,
  amount: 100n,
  debitBalance: 0n,
  creditBalance: 0n,
  reference: undefined,
  reversedPostingId: undefined,
  holdId: undefined,
}

function reversal(atMs: number, amount: bigint): Posting {
  return {
    ...withdrawal,
    id: 6,
    atMs,
    kind: 'reversal',
    debitAccountId: CASH,
    creditAccountId: ACCOUNT,
    amount,
    reversedPostingId: withdrawal.id,
  }
}

const none: DailyWithdrawals = { day: 0, amount: 0n, count: 0 }
const one: DailyWithdrawals = { day: 20, amount: 100n, count: 1 }

describe('what was withdrawn on a day', () => {
  test('grows with each withdrawal, and begins anew with the day', () => {
    assert.deepEqual(withdrawnAfter(none, withdrawal, ACCOUNT, 'UTC'), one)
    assert.deepEqual(withdrawnAfter(one, withdrawal, ACCOUNT, 'UTC'), { day: 20, amount: 200n, count: 2 })
    const nextDay = { ...withdrawal, atMs: 21 * DAY_MS }
    assert.deepEqual(withdrawnAfter(one, nextDay, ACCOUNT, 'UTC'), { day: 21, amount: 100n, count: 1 })
    assert.deepEqual(on(21, one), { day: 21, amount: 0n, count: 0 })
  })

  test('is of the account that gave the money, and of withdrawals alone', () => {
    assert.equal(withdrawnAfter(one, withdrawal, CASH, 'UTC'), one)
    for (const kind of ['deposit', 'transfer', 'capture', 'opening'] as const)
      assert.equal(withdrawnAfter(one, { ...withdrawal, kind }, ACCOUNT, 'UTC'), one)
  })

  test('shrinks by what is reversed on the same day, and by one withdrawal when all of it is', () => {
    const later = 20 * DAY_MS + 5
    const part = { original: withdrawal, reversedAmount: 40n }
    const left = withdrawnAfter(one, reversal(later, 40n), ACCOUNT, 'UTC', part)
    assert.deepEqual(left, { day: 20, amount: 60n, count: 1 })
    const whole = { original: withdrawal, reversedAmount: 100n }
    assert.deepEqual(withdrawnAfter(left, reversal(later, 60n), ACCOUNT, 'UTC', whole), {
      day: 20,
      amount: 0n,
      count: 0,
    })
  })

  test('gets no room back for an earlier day, nor for another kind of posting', () => {
    const whole = { original: withdrawal, reversedAmount: 100n }
    const nextDay = { day: 21, amount: 30n, count: 1 }
    const late = reversal(21 * DAY_MS, 100n)
    assert.equal(withdrawnAfter(nextDay, late, ACCOUNT, 'UTC', whole), nextDay)
    const ofCapture = { ...whole, original: { ...withdrawal, kind: 'capture' } as const }
    assert.equal(withdrawnAfter(one, reversal(20 * DAY_MS, 100n), ACCOUNT, 'UTC', ofCapture), one)
  })

  test('is counted by the days of the zone', () => {
    const lateEvening = { ...withdrawal, atMs: 20 * DAY_MS - 3_600_000 }
    assert.equal(withdrawnAfter(none, lateEvening, ACCOUNT, 'UTC').day, 19)
    assert.equal(withdrawnAfter(none, lateEvening, ACCOUNT, 'Etc/GMT-5').day, 20)
  })
})
