import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AccountState } from '../../src/ledger/accounts.ts'
import type { Hold } from '../../src/ledger/holds.ts'
import { decodeOutcome, encodeOutcome, type StoredOutcome } from '../../src/ledger/outcome-codec.ts'
import type { Outcome } from '../../src/ledger/outcomes.ts'
import type { Posting } from '../../src/ledger/postings.ts'
import { MAX_CENTS } from '../../src/money.ts'

const posting: Posting = {
  id: 7,
  atMs: 1_000,
  kind: 'capture',
  debitAccountId: 9,
  creditAccountId: 1,
  amount: 30n,
  debitBalance: 70n,
  creditBalance: -70n,
  reference: undefined,
  reversedPostingId: undefined,
  holdId: 3,
}

const hold: Hold = {
  id: 3,
  accountId: 9,
  accountNumber: '1001',
  amount: MAX_CENTS,
  reference: 'a "quoted" ünïcode ✓ text',
  placedAtMs: 900,
  expiresAtMs: 5_000,
  state: 'open',
  capturedAmount: 0n,
  capturePostingId: undefined,
}

const bareHold: Hold = { ...hold, reference: undefined, expiresAtMs: undefined, state: 'released' }

const state: AccountState = {
  number: '1001',
  status: 'frozen',
  balance: -MAX_CENTS,
  held: 5n,
  available: -12n,
  limits: { overdraft: MAX_CENTS, withdrawal: 0n, dailyAmount: 10n, dailyCount: 0 },
}

const unlimited: AccountState = {
  ...state,
  limits: { overdraft: 0n, withdrawal: undefined, dailyAmount: undefined, dailyCount: undefined },
}

const replayed = false

const outcomes: readonly (readonly [what: string, Outcome])[] = [
  ['a posting', { status: 'posted', posting, replayed }],
  ['a decline', { status: 'rejected', reason: 'insufficient_funds', replayed }],
  ['a hold', { status: 'held', hold, replayed }],
  ['a release of a hold that says little', { status: 'released', hold: bareHold, replayed }],
  [
    'a capture',
    {
      status: 'captured',
      posting,
      hold: { ...hold, state: 'captured', capturedAmount: 30n, capturePostingId: posting.id },
      replayed,
    },
  ],
  ['an opening', { status: 'opened', account: { ...state, name: 'Ada', openedAtMs: 1_000 }, replayed }],
  [
    'an opening that says little',
    { status: 'opened', account: { ...unlimited, name: undefined, openedAtMs: undefined }, replayed },
  ],
  ['a change', { status: 'changed', account: state, replayed }],
  ['a closed key', { status: 'key_closed', untilMs: 1_700_000_000_123, replayed }],
]

const nothing: StoredOutcome = { postingId: undefined, reason: undefined, snapshot: undefined }

function snapshot(value: unknown): StoredOutcome {
  return { ...nothing, snapshot: JSON.stringify(value) }
}

const heldText = encodeOutcome({ status: 'held', hold, replayed }).snapshot ?? ''

const unreadable: readonly (readonly [what: string, StoredOutcome, RegExp])[] = [
  ['says nothing', nothing, /has no outcome/],
  ['names a posting that is not there', { ...nothing, postingId: 8 }, /not there/],
  ['names a reason of another version', { ...nothing, reason: 'bad_weather' }, /does not know/],
  ['tells a status of another version', snapshot({ status: 'melted', told: {} }), /no status/],
  ['tells a status without what was told', snapshot({ status: 'held' }), /no whole/],
  ['tells what is no object', snapshot(7), /no whole/],
  ['is no JSON', { ...nothing, snapshot: '{' }, /JSON/],
  [
    'tells a capture without its posting',
    snapshot({ status: 'captured', told: hold.id }),
    /no whole|no posting/,
  ],
  [
    'tells a time that is no number',
    snapshot({ status: 'key_closed', told: { untilMs: '1' } }),
    /no untilMs/,
  ],
  ['tells cents as a number', { ...nothing, snapshot: heldText.replace(`"${MAX_CENTS}"`, '5') }, /no amount/],
  [
    'tells a state of another version',
    { ...nothing, snapshot: heldText.replace('open', 'lost') },
    /no state/,
  ],
]

describe('a kept outcome', () => {
  for (const [what, outcome] of outcomes) {
    test(`of ${what} is read as it was stored`, () => {
      const stored = encodeOutcome(outcome)
      assert.deepEqual(decodeOutcome(stored, stored.postingId === undefined ? undefined : posting), outcome)
    })
  }

  for (const [what, stored, error] of unreadable) {
    test(`that ${what} is refused`, () => {
      assert.throws(() => decodeOutcome(stored, undefined), error)
    })
  }

  test('of a capture is stored without the id of its posting, which an engine may give later', () => {
    const captured = outcomes.find(([what]) => what === 'a capture')?.[1]
    assert.ok(captured !== undefined)
    const stored = encodeOutcome(captured)
    assert.equal(stored.postingId, posting.id)
    assert.doesNotMatch(stored.snapshot ?? '', /capturePostingId/)
  })
})
