import assert from 'node:assert/strict'
import { type Answer, centsOf, type Client, isRecord, objectIn } from './client.ts'

export interface HistoryRow {
  readonly ts: string
  readonly type: string
  readonly amount: string
  readonly balance: string
}

const rowKeys = ['amount', 'balance', 'ts', 'type']

function isRow(value: unknown): value is HistoryRow {
  if (!isRecord(value)) return false
  assert.deepEqual(Object.keys(value).toSorted(), rowKeys, 'a row has these four keys exactly')
  return rowKeys.every((key) => typeof value[key] === 'string')
}

/** The rows of a `/transactions` answer. Fails when the answer or a row is not of the promised form. */
export function rowsIn(answer: Answer): HistoryRow[] {
  assert.equal(answer.status, 200, answer.text)
  const { transactions } = objectIn(answer)
  assert.ok(Array.isArray(transactions) && transactions.every(isRow), answer.text.slice(0, 200))
  return transactions
}

/** All rows of the account, oldest first. */
export async function historyOf(client: Client, account: string): Promise<HistoryRow[]> {
  return rowsIn(await client.get(`/accounts/${account}/transactions`))
}

const incoming: readonly string[] = ['deposit', 'transfer_in', 'reversal_in']

/** Fails at the first row whose balance does not follow from the one before it. */
export function assertRunningBalances(openingCents: bigint, rows: readonly HistoryRow[]): void {
  let balance = openingCents
  for (const [index, row] of rows.entries()) {
    balance += incoming.includes(row.type) ? centsOf(row.amount) : -centsOf(row.amount)
    assert.equal(centsOf(row.balance), balance, `row ${index} does not follow: ${JSON.stringify(row)}`)
  }
}
