import assert from 'node:assert/strict'
import { balanceIn, Client } from './client.ts'
import { inParallel } from './load.ts'
import { type Exit, run, startService } from './service.ts'

/** One posting and one idempotency record of a store, for a test to spoil. */
export interface Target {
  readonly postingId: number
  /** The condition that picks the record, in SQL. */
  readonly record: string
  /** Eight bytes that are no fingerprint, in SQL. */
  readonly otherBytes: string
}

export interface Damage {
  readonly what: string
  readonly sql: (target: Target) => string
  /** What the report must say. */
  readonly named: (target: Target) => RegExp
}

const accountOf = (number: string): string => `(SELECT id FROM accounts WHERE number = '${number}')`
const ofPosting = ({ postingId }: Target): RegExp => new RegExp(`posting ${postingId}\\b`)

/** The day of the latest posting, in SQL. */
const TODAY = '(SELECT max(at_ms) / 86400000 FROM postings)'

/** Each would cheat somebody of money or of the truth, and none breaks a rule that the database itself knows. */
export const damages: readonly Damage[] = [
  {
    what: 'a balance',
    sql: () => "UPDATE accounts SET balance = balance + 1 WHERE number = '1001'",
    named: () => /account 1001/,
  },
  {
    what: 'a balance, and cash with it so that the sum is zero still',
    sql: () => `UPDATE accounts SET balance = balance + 1 WHERE number = '1001';
      UPDATE accounts SET balance = balance - 1 WHERE id = (SELECT min(id) FROM accounts WHERE number IS NULL)`,
    named: () => /account 1001/,
  },
  {
    what: 'the amount of a posting',
    sql: ({ postingId }) => `UPDATE postings SET amount = amount + 1 WHERE id = ${postingId}`,
    named: ofPosting,
  },
  {
    what: 'a running balance',
    sql: ({ postingId }) => `UPDATE postings SET credit_balance = credit_balance + 1 WHERE id = ${postingId}`,
    named: ofPosting,
  },
  {
    what: 'a posting, which is gone',
    sql: ({ postingId }) => `DELETE FROM postings WHERE id = ${postingId}`,
    named: () => /posting|history/,
  },
  {
    what: 'the newest posting, which is gone',
    sql: () => 'DELETE FROM postings WHERE id = (SELECT max(id) FROM postings)',
    named: () => /account/,
  },
  {
    what: 'the account that a posting credits',
    sql: ({ postingId }) =>
      `UPDATE postings SET credit_account_id = ${accountOf('9999')} WHERE id = ${postingId}`,
    named: ofPosting,
  },
  {
    what: 'the order of two postings in time',
    sql: ({ postingId }) => `UPDATE postings SET at_ms = at_ms - 86400000 WHERE id = ${postingId}`,
    named: ofPosting,
  },
  {
    what: 'the posting that an idempotency record points at',
    sql: ({ record, postingId }) =>
      `UPDATE idempotency_keys SET posting_id = (SELECT min(id) FROM postings WHERE id > ${postingId}) WHERE ${record}`,
    named: () => /record \d+ points at posting \d+, which is not the one it made/,
  },
  {
    what: 'the posting that an idempotency record points at, to one that is not there',
    sql: ({ record }) => `UPDATE idempotency_keys SET posting_id = 999999999 WHERE ${record}`,
    named: () => /record \d+\b.*999999999/,
  },
  {
    what: 'what an idempotency record was asked for',
    sql: ({ record, otherBytes }) =>
      `UPDATE idempotency_keys SET fingerprint = ${otherBytes} WHERE ${record}`,
    named: () => /record \d+\b/,
  },
  {
    what: 'what was withdrawn on the day',
    sql: () => `UPDATE accounts SET withdrawn_day = ${TODAY}, withdrawn_count = 1 WHERE number = '1001'`,
    named: () => /account 1001 has 1 withdrawals of 0 cents on day \d+, where .* 0 withdrawals/,
  },
  {
    what: 'what is going to be withdrawn tomorrow',
    sql: () => `UPDATE accounts SET withdrawn_day = ${TODAY} + 1, withdrawn_count = 3 WHERE number = '1002'`,
    named: () => /account 1002 has 3 withdrawals/,
  },
  {
    what: 'an account, which is gone',
    sql: () => "DELETE FROM accounts WHERE number = '1002'",
    named: () => /account/,
  },
]

/** Books with 122 postings, two of them openings, and 120 idempotency records. */
export async function fillBooks(store: string): Promise<void> {
  const service = await startService(['--store', store])
  const client = new Client(service.url)
  await inParallel(Array.from({ length: 120 }), 4, async (_, index) => {
    const account = index % 2 === 0 ? '1001' : '1002'
    balanceIn(await client.operate('deposit', account, `"${index + 1}.00"`, `key-${index}`))
  })
  client.close()
  assert.equal((await service.stop()).code, 0)
}

export function verify(store: string): Promise<Exit> {
  return run('src/verify.ts', ['--store', store])
}

export async function assertHealthy(store: string): Promise<void> {
  const exit = await verify(store)
  assert.equal(exit.code, 0, exit.stdout + exit.stderr)
  assert.match(exit.stdout, /^OK\b.*\b122 postings.*\b120 idempotency records/)
  assert.equal(exit.stderr, '')
}

export async function assertNamed(store: string, named: RegExp): Promise<void> {
  const exit = await verify(store)
  assert.equal(exit.code, 1, exit.stdout + exit.stderr)
  assert.match(exit.stdout, named)
  assert.doesNotMatch(exit.stdout, /\bOK\b/)
}
