import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { audit } from '../../src/ledger/audit/audit.ts'
import type { AuditSource } from '../../src/ledger/audit/source.ts'
import { NO_WITHDRAWALS } from '../../src/ledger/daily-withdrawals.ts'
import type { Hold } from '../../src/ledger/holds.ts'
import type { Posting } from '../../src/ledger/postings.ts'

const CASH = 1
const CUSTOMER = 9
const NOW_MS = 1_000
const LATER_MS = NOW_MS + 3_600_000

const links = { reference: undefined, reversedPostingId: undefined, holdId: undefined }

/** A deposit of 100, of which 30 are captured, and 20 of the deposit are reversed twice. */
const deposit: Posting = {
  ...links,
  id: 1,
  atMs: 1_000,
  kind: 'deposit',
  debitAccountId: CASH,
  creditAccountId: CUSTOMER,
  amount: 100n,
  debitBalance: -100n,
  creditBalance: 100n,
}
const capture: Posting = {
  ...deposit,
  id: 2,
  kind: 'capture',
  debitAccountId: CUSTOMER,
  creditAccountId: CASH,
  amount: 30n,
  debitBalance: 70n,
  creditBalance: -70n,
  holdId: 3,
}
const reversal: Posting = {
  ...capture,
  id: 3,
  kind: 'reversal',
  amount: 20n,
  debitBalance: 50n,
  creditBalance: -50n,
  holdId: undefined,
  reversedPostingId: 1,
}
const secondReversal: Posting = { ...reversal, id: 4, debitBalance: 30n, creditBalance: -30n }

const hold: Hold = {
  id: 3,
  accountId: CUSTOMER,
  accountNumber: '1001',
  amount: 30n,
  reference: undefined,
  placedAtMs: 1_000,
  expiresAtMs: undefined,
  state: 'captured',
  capturedAmount: 30n,
  capturePostingId: 2,
}

interface BooksOnPaper {
  readonly postings: readonly Posting[]
  readonly holds: readonly Hold[]
}

const healthy: BooksOnPaper = { postings: [deposit, capture, reversal, secondReversal], holds: [hold] }

async function differencesIn({ postings, holds }: BooksOnPaper): Promise<readonly string[]> {
  const find = (id: number | undefined): Posting | undefined => postings.find((posting) => posting.id === id)
  const source: AuditSource = {
    postings: () => [postings],
    accounts: () => [
      [
        { account: { id: CASH, number: undefined, balance: -30n, withdrawn: NO_WITHDRAWALS } },
        { account: { id: CUSTOMER, number: '1001', balance: 30n, withdrawn: NO_WITHDRAWALS } },
      ],
    ],
    holds: () => [holds.map((each) => ({ hold: each, capture: find(each.capturePostingId) }))],
    reversals: () => [
      postings.flatMap((each) =>
        each.reversedPostingId === undefined
          ? []
          : [{ reversal: each, original: find(each.reversedPostingId) }],
      ),
    ],
    keyRecords: () => [],
  }
  const report = await audit(source, NOW_MS)
  return report.firstDifferences
}

/** The healthy books with one posting changed. */
function withPosting(id: number, change: Partial<Posting>): BooksOnPaper {
  const postings = healthy.postings.map((each) => (each.id === id ? { ...each, ...change } : each))
  return { ...healthy, postings }
}

function withHold(change: Partial<Hold>): BooksOnPaper {
  return { ...healthy, holds: [{ ...hold, ...change }] }
}

const damaged: readonly (readonly [what: string, BooksOnPaper, RegExp])[] = [
  ['a captured hold that is open', withHold({ state: 'open' }), /hold 3 is open, and names a capture/],
  ['a captured hold that is lost', { ...healthy, holds: [] }, /1 postings capture holds, where 0 are/],
  [
    'a hold that names no capture',
    withHold({ capturePostingId: undefined }),
    /hold 3 points at posting none/,
  ],
  ['a hold that names another posting', withHold({ capturePostingId: 3 }), /hold 3 points at posting 3/],
  ['a hold of another account', withHold({ accountId: 8 }), /hold 3 points at posting 2/],
  ['a hold that tells of another amount', withHold({ capturedAmount: 29n }), /hold 3 points at posting 2/],
  ['a capture of more than was held', withHold({ amount: 29n }), /hold 3 of 29 cents was captured with 30/],
  ['a hold of nothing', withHold({ amount: 0n }), /hold 3 is of 0 cents/],
  [
    'a capture that names no hold',
    withPosting(2, { holdId: undefined }),
    /posting 2 is a capture and names no/,
  ],
  ['a deposit that names a hold', withPosting(1, { holdId: 3 }), /posting 1 is a deposit and names 3/],
  [
    'a reversal that names nothing',
    withPosting(4, { reversedPostingId: undefined }),
    /posting 4 is a reversal and reverses nothing/,
  ],
  [
    'a reversal of what is not there',
    withPosting(4, { reversedPostingId: 99 }),
    /posting 4 reverses posting 99, which cannot/,
  ],
  [
    'a reversal of a reversal',
    withPosting(4, { reversedPostingId: 3 }),
    /posting 4 reverses posting 3, which cannot/,
  ],
  [
    'a reversal of more than was moved',
    withPosting(1, { amount: 39n }),
    /posting 4 brings what is reversed of posting 1 to 40 cents/,
  ],
  [
    'a reversal that moves the money on',
    withPosting(4, { debitAccountId: CASH, creditAccountId: CUSTOMER }),
    /posting 4 does not give back what posting 1 moved/,
  ],
  ['a posting of the future', withPosting(4, { atMs: LATER_MS }), /the books end at .*, 60 minutes from now/],
  ['a hold of the future', withHold({ placedAtMs: LATER_MS }), /the books end at .*, 60 minutes from now/],
]

describe('the audit', () => {
  test('finds nothing in books that are in order', async () => {
    assert.deepEqual(await differencesIn(healthy), [])
  })

  for (const [what, books, sentence] of damaged) {
    test(`names ${what}`, async () => {
      const differences = await differencesIn(books)
      assert.ok(
        differences.some((difference) => sentence.test(difference)),
        differences.join('\n'),
      )
    })
  }
})
