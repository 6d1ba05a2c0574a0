import assert from 'node:assert/strict'
import { errorIn, isRecord } from '../support/client.ts'
import type { RawAnswer } from './answers.ts'
import { bankEffectOf } from '../support/effects.ts'
import type { FuzzRequest } from './requests.ts'

const LONGEST_SENTENCE = 250

/** More would hide what they have in common. */
const MOST_SHOWN = 20

/** Cents of an amount that was accepted, read in the slow and obvious way: digit by digit, half a cent up. */
function centsAccepted(body: Buffer): bigint {
  const value: unknown = JSON.parse(body.toString('utf8'))
  const amount: unknown = isRecord(value) ? value['amount'] : undefined
  assert.ok(typeof amount === 'string' || typeof amount === 'number', `accepted the amount ${String(amount)}`)
  const parts = /^\+?(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(String(amount).trim())
  assert.ok(parts, `accepted the amount ${String(amount)}`)
  const [, whole = '', fraction = '', exponent = '0'] = parts
  // How many digits stand before the point once the amount is counted in tenths of a cent.
  const length = whole.length + 3 + Number(exponent)
  assert.ok(length < 30, `accepted the amount ${String(amount)}`)
  const tenths = BigInt((whole + fraction).padEnd(length, '0').slice(0, Math.max(length, 0)) || '0')
  return (tenths + 5n) / 10n
}

/** What the answers amount to: the statuses seen, and what each account must hold in the end. */
export class Tally {
  readonly statuses = new Map<number | 'closed', number>()
  readonly changes = new Map<string, bigint>()
  readonly #wrong = new Map<string, string>()
  readonly #reversals = new Set<string>()
  accepted = 0
  replayed = 0
  /** How many commands of the bank besides deposits and withdrawals were carried out, by kind. */
  readonly carriedOut = new Map<string, number>()
  /** The newest `Link` cursor, to be damaged or used. */
  lastCursor = ''
  lastHoldId = '1'
  lastTransactionId = '1'

  /** The answers that no request may get, each kind of them once. */
  get wrong(): readonly string[] {
    return [...this.#wrong.values()].slice(0, MOST_SHOWN)
  }

  /** Takes the answer in. */
  count(request: FuzzRequest, answer: RawAnswer): void {
    this.#add(answer.status)
    try {
      assert.ok(answer.status < 500, `${answer.status} ${answer.text}`)
      if (answer.status >= 400 && request.method !== 'HEAD') {
        assert.ok(errorIn(answer).length <= LONGEST_SENTENCE, `too long: ${answer.text}`)
      }
      if (answer.status === 200 || answer.status === 201) this.#countSuccess(request, answer)
    } catch (error) {
      const sent = JSON.stringify(request.bytes.toString('latin1').slice(0, 600))
      const complaint = error instanceof Error ? error.message : String(error)
      this.#wrong.set(`${answer.status} ${complaint}`, `${sent} was answered ${answer.status}: ${complaint}`)
    }
  }

  /** The service closed the connection and gave no answer. */
  countClosed(): void {
    this.#add('closed')
  }

  summary(): string {
    const statuses = [...this.statuses]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([status, count]) => `${status}: ${count}`)
    return (
      `statuses ${statuses.join(', ')}; ${this.accepted} operations accepted, ${this.replayed} replayed; ` +
      [...this.carriedOut].map(([kind, count]) => `${kind} ${count}`).join(', ')
    )
  }

  #add(status: number | 'closed'): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1)
  }

  #countSuccess(request: FuzzRequest, { headers, text }: RawAnswer): void {
    const { method, path, body } = request
    this.lastCursor = /[?&]cursor=([^&>]+)/.exec(headers['link'] ?? '')?.[1] ?? this.lastCursor
    if (headers['idempotency-replayed'] === 'true') {
      this.replayed += 1
      return
    }
    const operation = /\/(deposit|withdraw)(?:\?.*)?$/.exec(path)?.[1]
    if (method === 'POST' && operation !== undefined && body !== undefined)
      this.#countOperation(operation, body, text)
    else this.#countBank(request, text)
  }

  #countOperation(operation: string, body: Buffer, text: string): void {
    this.accepted += 1
    const answer: unknown = JSON.parse(text)
    assert.ok(isRecord(answer) && typeof answer['account_number'] === 'string', text)
    assert.ok(typeof answer['balance'] === 'string', text)
    const cents = centsAccepted(body)
    this.#move(answer['account_number'], operation === 'deposit' ? cents : -cents)
  }

  #countBank(request: FuzzRequest, text: string): void {
    const effect = bankEffectOf(request, text)
    if (effect === undefined) return
    const { reversalId } = effect
    if (reversalId !== undefined && this.#reversals.has(reversalId)) {
      this.replayed += 1
      return
    }
    if (reversalId !== undefined) this.#reversals.add(reversalId)
    this.carriedOut.set(effect.kind, (this.carriedOut.get(effect.kind) ?? 0) + 1)
    for (const [account, cents] of effect.effects) this.#move(account, cents)
    this.lastHoldId = effect.holdId ?? this.lastHoldId
    this.lastTransactionId = effect.transactionId ?? this.lastTransactionId
  }

  #move(account: string, cents: bigint): void {
    this.changes.set(account, (this.changes.get(account) ?? 0n) + cents)
  }
}
