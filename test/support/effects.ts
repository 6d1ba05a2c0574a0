import assert from 'node:assert/strict'
import { centsOf, isRecord } from './client.ts'

/** What an account's balance moved by. */
export type Effect = readonly [account: string, cents: bigint]

/** What came of an answered request: the kind of command that was carried out, and its effects. */
export interface BankEffect {
  readonly kind: string
  readonly effects: readonly Effect[]
  readonly holdId?: string
  readonly transactionId?: string
  /** The transaction that a reversal made: asked for again, all that is left and is given back answers the same one. */
  readonly reversalId?: string
}

type Members = Readonly<Record<string, unknown>>

/** Reads the effects of a success off its answer; undefined where the request is a deposit, a withdrawal or a look. */
export function bankEffectOf(
  { method, path }: { readonly method: string; readonly path: string },
  text: string,
): BankEffect | undefined {
  const route = path.split('?')[0] ?? ''
  if (method === 'PATCH' && route.startsWith('/accounts/')) return { kind: 'change', effects: [] }
  if (method !== 'POST') return undefined
  const answer: unknown = JSON.parse(text)
  assert.ok(isRecord(answer), text)
  if (/^\/accounts\/?$/.test(route)) return opened(answer)
  if (/^\/transfers\/?$/.test(route)) return transferred(answer)
  if (/^\/accounts\/[^/]+\/holds\/?$/.test(route))
    return { kind: 'hold', effects: [], holdId: textIn(answer, 'id') }
  if (/^\/holds\/[^/]+\/capture\/?$/.test(route)) return captured(answer)
  if (/^\/holds\/[^/]+\/release\/?$/.test(route)) return { kind: 'release', effects: [] }
  if (/^\/reversals\/?$/.test(route)) return reversed(answer)
  return undefined
}

function opened(answer: Members): BankEffect {
  return { kind: 'open', effects: [[textIn(answer, 'account_number'), centsIn(answer, 'balance')]] }
}

function transferred(answer: Members): BankEffect {
  const amount = centsIn(answer, 'amount')
  const effects = [
    [textIn(answer, 'from'), -amount],
    [textIn(answer, 'to'), amount],
  ] as const
  return { kind: 'transfer', effects, transactionId: textIn(answer, 'transaction_id') }
}

function captured(answer: Members): BankEffect {
  const amount = centsIn(answer, 'captured_amount')
  return {
    kind: 'capture',
    effects: [[textIn(answer, 'account_number'), -amount]],
    transactionId: textIn(answer, 'transaction_id'),
  }
}

function reversed(answer: Members): BankEffect {
  const { transaction } = answer
  if (answer['status'] === 'released') return { kind: 'release by key', effects: [] }
  if (!isRecord(transaction)) return { kind: 'close key', effects: [] }
  const amount = centsIn(transaction, 'amount')
  const account = textIn(transaction, 'account_number')
  const { counterparty, type } = transaction
  const own: Effect = [account, type === 'reversal_out' ? -amount : amount]
  return {
    kind: 'reverse',
    reversalId: textIn(transaction, 'id'),
    effects: typeof counterparty === 'string' ? [own, [counterparty, -own[1]]] : [own],
  }
}

function textIn(members: Members, name: string): string {
  const value = members[name]
  assert.ok(typeof value === 'string', `${name} of ${JSON.stringify(members)}`)
  return value
}

function centsIn(members: Members, name: string): bigint {
  return centsOf(textIn(members, name))
}
