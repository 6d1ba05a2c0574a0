import assert from 'node:assert/strict'
import type { StoredDetails } from '../../src/ledger/accounts.ts'
import type { Hold, StoredHold } from '../../src/ledger/holds.ts'
import { balanceAfter, type Posting } from '../../src/ledger/postings.ts'

/** What a store shows. */
export interface Seen {
  readonly accounts: readonly StoredDetails[]
  /** By the accounts' ids. */
  readonly histories: ReadonlyMap<number, readonly Posting[]>
  readonly holds: readonly StoredHold[]
}

/** What may not change when all that was asked was declined. Time alone ends holds, so what is held is not in it. */
export function factsOf({ accounts, histories, holds }: Seen): unknown {
  return {
    accounts: accounts.map(({ account, name, openedAtMs }) => ({
      ...account,
      openHolds: undefined,
      name,
      openedAtMs,
    })),
    lines: [...histories.values()].map((postings) => postings.map(({ id }) => id)),
    holds: holds.map(({ hold }) => hold),
  }
}

/** What is true of the books whatever was asked of them, as far as customers' accounts show it. */
export function assertInvariants(seen: Seen, hadMoreOverdraft: (number: string) => boolean): void {
  const { accounts, histories, holds } = seen
  const postings = new Map([...histories.values()].flat().map((posting) => [posting.id, posting]))
  for (const { account, asOfMs } of accounts) {
    const { id, balance, limits } = account
    const latest = histories.get(id)?.at(-1)
    assert.ok(latest === undefined || balanceAfter(latest, id) === balance, 'the latest line has the balance')
    const held = openHoldsOf(id, seen, asOfMs).reduce((sum, { amount }) => sum + amount, 0n)
    if (limits.overdraft !== undefined && !hadMoreOverdraft(account.number ?? ''))
      assert.ok(balance - held + limits.overdraft >= 0n, 'no more is given and held than there is')
    if (account.status === 'closed') assert.ok(balance === 0n && held === 0n, 'a closed account is empty')
  }
  assertReversals(postings)
  for (const { hold } of holds) assertCapturedOnce(hold, postings)
}

function openHoldsOf(accountId: number, { holds }: Seen, nowMs: number): readonly Hold[] {
  return holds.flatMap(({ hold }) => {
    const { state, expiresAtMs } = hold
    const isOpen = state === 'open' && (expiresAtMs === undefined || expiresAtMs > nowMs)
    return isOpen && hold.accountId === accountId ? [hold] : []
  })
}

function assertReversals(postings: ReadonlyMap<number, Posting>): void {
  const reversed = new Map<number, bigint>()
  for (const { reversedPostingId, amount } of postings.values()) {
    if (reversedPostingId === undefined) continue
    const sum = (reversed.get(reversedPostingId) ?? 0n) + amount
    reversed.set(reversedPostingId, sum)
    const original = postings.get(reversedPostingId)
    assert.ok(original !== undefined && sum <= original.amount, 'no more is given back than was moved')
  }
}

function assertCapturedOnce(hold: Hold, postings: ReadonlyMap<number, Posting>): void {
  const captures = [...postings.values()].filter(({ holdId }) => holdId === hold.id)
  const { state, amount, capturedAmount } = hold
  assert.deepEqual(
    captures.map((posting) => [posting.id, posting.amount]),
    state === 'captured' ? [[hold.capturePostingId, capturedAmount]] : [],
    'what is captured is captured once',
  )
  assert.ok(capturedAmount <= amount, 'no more is captured than was held')
}
