import type { FromSchema } from 'json-schema-to-ts'
import type { Ledger } from '../../service/ledger.ts'
import type { Posting, PostingKind } from '../../ledger/postings.ts'
import { formatCents } from '../../money.ts'
import {
  AccountNumber,
  discriminated,
  Money,
  Reference,
  Timestamp,
  timestampOf,
  TransactionId,
} from '../shared/schemas.ts'

/** What a posting is called, seen from one of its two accounts. */
export const transactionTypes = [
  'opening',
  'deposit',
  'withdraw',
  'transfer_out',
  'transfer_in',
  'capture',
  'reversal_out',
  'reversal_in',
] as const

export type TransactionType = (typeof transactionTypes)[number]

/** What a history can show: an opening balance is no part of it. */
export const HistoryType = {
  title: 'HistoryType',
  type: 'string',
  enum: transactionTypes.filter((type) => type !== 'opening'),
} as const

/** The members that a transaction has wherever it is shown in full. */
export const transactionMembers = {
  id: TransactionId,
  ts: Timestamp,
  type: HistoryType,
  amount: Money,
  counterparty: {
    type: ['string', 'null'],
    description: 'The number of the other account; null for cash.',
    examples: ['1002'],
  },
  reference: Reference,
  reverses: {
    type: ['string', 'null'],
    description: 'The transaction that this one gives back, all or part of it.',
    examples: [null],
  },
  hold_id: {
    type: ['string', 'null'],
    description: 'The hold that this captures.',
    examples: [null],
  },
} as const

const ofOne = {
  ...transactionMembers,
  type: { type: 'string', enum: transactionTypes },
  account_number: {
    ...AccountNumber,
    description: 'The account that it is seen from: the one that paid, or the one that was paid in cash.',
  },
  reversed: { ...Money, description: 'What has been given back of it so far.', examples: ['0.00'] },
} as const

type Members = { readonly [Name in keyof typeof ofOne]: FromSchema<(typeof ofOne)[Name]> }

export interface Transaction extends Members {}

/** The transactions of some types, and what is particular to their members. */
function variant(title: string, types: readonly TransactionType[], members: object) {
  const properties = { ...ofOne, ...members, type: { type: 'string', enum: types } }
  const required = Object.keys(properties)
  return { title, type: 'object', required, properties, additionalProperties: false } as const
}

const Null = { type: 'null' } as const
const ofCash = { counterparty: Null, reverses: Null, hold_id: Null }
const customer = { ...AccountNumber, description: 'The number of the other account.', examples: ['1002'] }
const held = { type: 'string', description: 'The hold that this captures.', examples: ['7'] }
const original = {
  ...TransactionId,
  description: 'The transaction that this one gives back, all or part of it.',
}

export const Transaction = discriminated('Transaction', 'type', [
  variant('CashTransaction', ['opening', 'deposit', 'withdraw'], ofCash),
  variant('TransferTransaction', ['transfer_out', 'transfer_in'], { ...ofCash, counterparty: customer }),
  variant('CaptureTransaction', ['capture'], { ...ofCash, hold_id: held }),
  variant('ReversalTransaction', ['reversal_out', 'reversal_in'], { reverses: original, hold_id: Null }),
])

/** Of the kinds that a customer's account can be a side of. */
const typesByKind: Readonly<
  Record<
    Exclude<PostingKind, 'exchange' | 'count'>,
    readonly [ofDebit: TransactionType, ofCredit: TransactionType]
  >
> = {
  opening: ['opening', 'opening'],
  deposit: ['deposit', 'deposit'],
  withdraw: ['withdraw', 'withdraw'],
  transfer: ['transfer_out', 'transfer_in'],
  capture: ['capture', 'capture'],
  reversal: ['reversal_out', 'reversal_in'],
}

/** What the posting is to one of its two accounts. */
export function typeSeenFrom(accountId: number, { kind, debitAccountId }: Posting): TransactionType {
  if (kind === 'exchange' || kind === 'count') throw new TypeError(`no customer is a side of an ${kind}`)
  const [ofDebit, ofCredit] = typesByKind[kind]
  return debitAccountId === accountId ? ofDebit : ofCredit
}

/** The account on the other side. */
export function otherSideOf(accountId: number, { debitAccountId, creditAccountId }: Posting): number {
  return debitAccountId === accountId ? creditAccountId : debitAccountId
}

/** What the posting is to one of its accounts; `numbers` are those of the customers on the other side, by account id. */
export function seenFrom(
  accountId: number,
  posting: Posting,
  numbers: ReadonlyMap<number, string>,
): Pick<Transaction, keyof typeof transactionMembers> {
  const { id, atMs, amount, reference, reversedPostingId, holdId } = posting
  return {
    id: String(id),
    ts: timestampOf(atMs),
    type: typeSeenFrom(accountId, posting),
    amount: formatCents(amount),
    counterparty: numbers.get(otherSideOf(accountId, posting)) ?? null,
    reference: reference ?? null,
    reverses: reversedPostingId === undefined ? null : String(reversedPostingId),
    hold_id: holdId === undefined ? null : String(holdId),
  }
}

/** The posting as a transaction of the customer who paid or, where cash did, of the one who was paid. */
export async function transactionOf(
  ledger: Ledger,
  posting: Posting,
  reversedAmount: bigint,
): Promise<Transaction> {
  const { debitAccountId, creditAccountId } = posting
  const numbers = await ledger.reads.accountNumbers([debitAccountId, creditAccountId])
  const accountId = numbers.has(debitAccountId) ? debitAccountId : creditAccountId
  const number = numbers.get(accountId)
  if (number === undefined) throw new TypeError('a posting between cash drawers is no transaction')
  return {
    ...seenFrom(accountId, posting, numbers),
    account_number: number,
    reversed: formatCents(reversedAmount),
  }
}
