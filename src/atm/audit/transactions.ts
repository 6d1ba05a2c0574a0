import type { Posting, PostingKind } from '../../ledger/postings.ts'
import { valueOf } from '../notes.ts'
import {
  isOpen,
  type NoteMove,
  type NotePlace,
  type TerminalTransaction,
  type TransactionKind,
} from '../terminal-transactions.ts'
import type { Terminal } from '../terminals.ts'
import type { AuditedTransaction } from './source.ts'
import { centsIn, notesIn } from './stored-answers.ts'

/** What is wrong with one row of a terminal's journal, one phrase each. */
export function wrongWith(audited: AuditedTransaction, terminal: Terminal): readonly string[] {
  const { transaction, moves, postings } = audited
  const { state, kind } = transaction
  const [inNotes, inMoney] = [notesInto(moves, isUnit), moneyInto(terminal, postings)]
  const wrong = whatIsWrongWithMoney(audited, terminal)
  return [
    ...(inNotes === inMoney ? [] : [`moved ${inNotes} cents in notes and ${inMoney} in money`]),
    ...(isUntouched(transaction) && postings.length + moves.length > 0
      ? [`is ${state}, and has moved notes or money`]
      : []),
    ...postings.flatMap((posting) =>
      isOf(terminal, posting) && kindsOf[kind].includes(posting.kind)
        ? []
        : [`is a ${kind}, and posting ${posting.id} is none of its own`],
    ),
    ...(wrong === undefined ? [] : [wrong]),
  ]
}

const kindsOf: Readonly<Record<TransactionKind, readonly PostingKind[]>> = {
  withdrawal: ['withdraw', 'reversal', 'count'],
  deposit: ['deposit', 'count'],
  transfer: [],
  exchange: ['exchange'],
  count: ['count'],
}

/** Whether nothing may have moved: it was declined or given up, or waits for notes that nobody knows of yet. */
function isUntouched({ state, kind, postingId }: TerminalTransaction): boolean {
  if (state === 'declined' || state === 'closed' || kind === 'transfer') return true
  return postingId === undefined && (state === 'authorized' || state === 'in_doubt')
}

function whatIsWrongWithMoney(audited: AuditedTransaction, terminal: Terminal): string | undefined {
  const { transaction, posting } = audited
  const { postingId, kind, state } = transaction
  if (postingId !== undefined && posting === undefined)
    return `names posting ${postingId}, which does not exist`
  if (kind === 'withdrawal' && posting !== undefined) return wrongWithdrawal(audited, posting, terminal)
  if (kind === 'deposit') return wrongDeposit(audited)
  if (kind === 'transfer' && (state === 'settled') !== (posting?.kind === 'transfer'))
    return `is ${state}, and names ${postingId ?? 'no'} posting`
  return undefined
}

function wrongWithdrawal(
  { transaction, moves, postings, reversedAmount }: AuditedTransaction,
  posting: Posting,
  { cashAccountId }: Terminal,
): string | undefined {
  const { plan, accountId, amount, state, resolution } = transaction
  const isTheOne =
    posting.kind === 'withdraw' &&
    posting.debitAccountId === accountId &&
    posting.creditAccountId === cashAccountId &&
    posting.amount === amount &&
    postings.some(({ id }) => id === posting.id)
  if (!isTheOne || valueOf(plan) !== amount)
    return `names posting ${posting.id}, which does not pay for its notes`
  if (isOpen(transaction))
    return reversedAmount === 0n && postings.length === 1
      ? undefined
      : `is ${state}, and ${reversedAmount} cents of it are reversed`
  const kept = posting.amount - reversedAmount
  const given =
    resolution === undefined
      ? -notesInto(moves, (place) => place !== 'customer')
      : least(valueOf(notesIn(resolution.request, 'given')), amount)
  if (kept !== given) return `gave ${given} cents in notes for ${kept} in money`
  const settledAs = kept === amount ? 'dispensed' : kept === 0n ? 'not_dispensed' : 'partly_dispensed'
  return state === settledAs ? undefined : `is ${state}, where it gave ${given} of ${amount} cents`
}

function wrongDeposit({ transaction, posting, postings }: AuditedTransaction): string | undefined {
  const { plan, accountId, state, resolution } = transaction
  if ((state === 'accepted') !== (posting !== undefined))
    return `is ${state}, and names ${posting?.id ?? 'no'} posting`
  if (posting === undefined) return undefined
  const counted = valueOf(plan)
  const returned =
    resolution === undefined ? 0n : least(valueOf(notesIn(resolution.request, 'given')), counted)
  const isTheOne =
    posting.kind === 'deposit' &&
    posting.creditAccountId === accountId &&
    posting.amount === counted - returned &&
    postings.some(({ id }) => id === posting.id)
  return isTheOne ? undefined : `names posting ${posting.id}, which is not for its notes`
}

/** What the count or resolution has booked as over, or as short where it is negative, in cents. */
export function overShortOf({ kind, request, resolution }: TerminalTransaction): bigint {
  if (kind === 'count') return centsIn(request, 'difference')
  return centsIn(resolution, 'over') - centsIn(resolution, 'short')
}

/** The value of the notes that came into such places, less that of those that left them. */
function notesInto(moves: readonly NoteMove[], isInside: (place: NotePlace) => boolean): bigint {
  return moves.reduce((sum, { from, to, denomination, notes }) => {
    const change = Number(isInside(to)) - Number(isInside(from))
    return sum + denomination * BigInt(notes * change)
  }, 0n)
}

function isUnit(place: NotePlace): boolean {
  return typeof place !== 'string'
}

function isOf({ cashAccountId }: Terminal, { debitAccountId, creditAccountId }: Posting): boolean {
  return debitAccountId === cashAccountId || creditAccountId === cashAccountId
}

/** What came into the machine's cash account: cash is debited as it comes in. */
function moneyInto(terminal: Terminal, postings: readonly Posting[]): bigint {
  return postings.reduce((sum, posting) => {
    if (!isOf(terminal, posting)) return sum
    return sum + (posting.debitAccountId === terminal.cashAccountId ? posting.amount : -posting.amount)
  }, 0n)
}

function least(one: bigint, other: bigint | undefined): bigint {
  return other !== undefined && other < one ? other : one
}
