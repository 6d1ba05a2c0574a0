import assert from 'node:assert/strict'
import { randomInt, randomUUID } from 'node:crypto'
import { type Answer, type Client, isRecord, moneyOf } from './client.ts'

/** One request to the bank with its key, which makes it safe to send again. */
export interface BankRequest {
  readonly method: 'POST'
  readonly path: string
  readonly body: object
  readonly key: string
}

export interface BankAnswered {
  readonly request: BankRequest
  readonly answer: Answer
}

/** What the clients of one round have sent. */
export class BankRecord {
  readonly answered: BankAnswered[] = []
  /** Sent, but the connection ended without a whole answer. */
  readonly unanswered: BankRequest[] = []
  #waiting: { readonly count: number; readonly resolve: () => void } | undefined

  add(answered: BankAnswered): void {
    this.answered.push(answered)
    if (this.answered.length === this.#waiting?.count) this.#waiting.resolve()
  }

  /** Resolves once so many requests have been answered. */
  reached(count: number): Promise<void> {
    return new Promise((resolve) => (this.#waiting = { count, resolve }))
  }
}

/** Rejects when the connection ends before the answer is complete. */
export function sendBankRequest(client: Client, { method, path, body, key }: BankRequest): Promise<Answer> {
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key }
  return client.send(method, path, { headers, body: JSON.stringify(body) })
}

/**
 * Does what a bank's clients do, one request after another, until the connection ends or `isOver`: transfers, holds
 * that are captured or released, and reversals of a part, each under a key of its own.
 */
export async function beABankClient(
  client: Client,
  accounts: readonly string[],
  record: BankRecord,
  isOver: () => boolean,
): Promise<void> {
  const ask = async (path: string, body: object): Promise<string | undefined> => {
    const request: BankRequest = { method: 'POST', path, body, key: randomUUID() }
    try {
      const answer = await sendBankRequest(client, request)
      record.add({ request, answer })
      return answer.status < 300 ? answer.text : undefined
    } catch (error) {
      record.unanswered.push(request)
      throw error
    }
  }
  try {
    while (!isOver()) {
      const [from, to] = twoOf(accounts)
      const transfer = await ask('/transfers', { from, to, amount: someMoney(), reference: 'a transfer' })
      const hold = await ask(`/accounts/${to}/holds`, { amount: someMoney() })
      if (hold !== undefined)
        await ask(`/holds/${memberOf(hold, 'id')}/${randomInt(3) === 0 ? 'release' : 'capture'}`, {})
      if (transfer !== undefined && randomInt(2) === 0)
        await ask('/reversals', {
          transaction_id: memberOf(transfer, 'transaction_id'),
          amount: someMoney(),
          reason: 'a part of it',
        })
    }
  } catch {
    // The service is gone; what it left open is in the record.
  }
}

function someMoney(): string {
  return moneyOf(BigInt(randomInt(1, 5_000)))
}

function twoOf(accounts: readonly string[]): readonly [string, string] {
  const first = randomInt(accounts.length)
  const second = (first + randomInt(1, accounts.length)) % accounts.length
  return [accounts[first] ?? '', accounts[second] ?? '']
}

function memberOf(text: string, name: string): string {
  const answer: unknown = JSON.parse(text)
  assert.ok(isRecord(answer), text)
  const value = answer[name]
  assert.ok(typeof value === 'string', text)
  return value
}
