import assert from 'node:assert/strict'
import type { Client } from './client.ts'
import { ask, centsIn, expectStatus, listIn, textIn, type Told } from './requests.ts'

/** Whether a transaction of that type adds to the account that is told of it. */
export const isIn: Readonly<Record<string, boolean>> = {
  deposit: true,
  transfer_in: true,
  reversal_in: true,
  withdraw: false,
  transfer_out: false,
  capture: false,
  reversal_out: false,
}

/** The account's statement as JSON; the query begins with its question mark. */
export async function statementOf(client: Client, account: string, query = ''): Promise<Told> {
  return expectStatus(await ask(client, 'GET', `/accounts/${account}/statement${query}`), 200)
}

/** Fails at the first line, total or balance that does not follow from what stands before it. */
export function assertFollows(statement: Told): void {
  let balance = centsIn(statement, 'opening_balance')
  let totalIn = 0n
  let totalOut = 0n
  for (const line of listIn(statement, 'lines')) {
    const amount = centsIn(line, 'amount')
    if (isIn[textIn(line, 'type')]) totalIn += amount
    else totalOut += amount
    balance += isIn[textIn(line, 'type')] ? amount : -amount
    assert.equal(centsIn(line, 'balance'), balance, line.text)
  }
  assert.equal(centsIn(statement, 'closing_balance'), balance)
  assert.deepEqual([centsIn(statement, 'total_in'), centsIn(statement, 'total_out')], [totalIn, totalOut])
}
